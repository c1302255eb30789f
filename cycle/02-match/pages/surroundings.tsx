import { Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'

type Household = {
  household_id: string
  area_code: string
  head_name: string
  state: string
  registered: boolean
  members: number
  left: number
  other_questions: number
  cards: Array<{
    instance_id: string
    surveyed_on: string | null
    surveyor_name: string | null
    household_size: number
    method: string
  }>
}

/** What is known of the households besides the two cards: every card so far, who is gone, what else is asked. */
export function Surroundings(props: { households: readonly Household[]; place: (area_code: string) => string }) {
  const t = useWords()
  if (props.households.length === 0) return null
  return (
    <section className="m-around" aria-label={t('match:around.title')}>
      {props.households.map((household) => (
        <div key={household.household_id}>
          <h3>
            <TextLink href={`/match/households/${household.household_id}`}>
              {household.head_name} {household.household_id}
            </TextLink>{' '}
            {household.registered && <Tag tone="seal">{t('match:around.registered')}</Tag>}
          </h3>
          <p>
            {[
              props.place(household.area_code),
              t('match:around.members', { n: household.members }),
              household.left > 0 && t('match:around.left', { n: household.left }),
              household.other_questions > 0 && t('match:around.questions', { n: household.other_questions }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <ul>
            {household.cards.map((card) => (
              <li key={card.instance_id}>
                <DateText value={card.surveyed_on} /> {t('match:around.members', { n: card.household_size })}
                {card.surveyor_name && ` · ${card.surveyor_name}`} · {t(`match:method.${card.method}`)}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
