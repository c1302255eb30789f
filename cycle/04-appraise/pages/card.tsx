import type { Person } from '#ui/decide/decide.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { Money } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useArea, useLack, useNamed } from '#web/client.ts'
import type { Card } from './board-data.ts'

/** Name of the place below the area shown in which a household lives; empty at the village itself. */
export function usePlaceOf(): (area_code: string) => string {
  const { found } = useArea()
  const named = useNamed()
  return (area_code) => {
    const child = found?.children.find((each) => area_code.startsWith(each.area_code))
    return child ? named(child.name) : ''
  }
}

/** A case as one of those a decision is about: name, people, number, income. */
export function usePersonOf(): (card: Card) => Person {
  const t = useWords()
  const placeOf = usePlaceOf()
  return (card) => ({
    key: card.household_id,
    name: card.head_name,
    place: placeOf(card.area_code),
    href: `/households/${card.household_id}`,
    says: (
      <>
        {t('appraise:card.people', { count: card.household_size })} · {card.household_id} · {t('appraise:card.income')}{' '}
        <Money minor={card.net_income_per_capita} cents="never" />
      </>
    ),
  })
}

/** What is known of a case in a few lines: needs, income, votes. */
export function CaseFacts({ card }: { card: Card }) {
  const t = useWords()
  const lack = useLack()
  return (
    <>
      <ul className="ap-needs" aria-label={t('appraise:card.needs')}>
        {card.unmet.map((code) => (
          <li key={code}>
            <State state="unmet" word={lack(code)} />
          </li>
        ))}
      </ul>
      <p className="ap-facts">
        {t('appraise:card.income')} <Money minor={card.net_income_per_capita} cents="never" />
        {card.votes && (
          <>
            <br />
            {t('appraise:card.votes', {
              for: card.votes.for,
              against: card.votes.against,
              abstain: card.votes.abstain,
            })}
          </>
        )}
      </p>
    </>
  )
}

/** One case on the board. */
export function CaseCard({ card }: { card: Card }) {
  const t = useWords()
  const placeOf = usePlaceOf()
  const place = placeOf(card.area_code)
  const reviewed = card.state === 'appraised' ? card.village_reviewed : card.township_reviewed
  return (
    <article className="ap-card">
      <div className="ap-card-head">
        <TextLink href={`/households/${card.household_id}`}>{card.head_name}</TextLink>
      </div>
      <p className="ap-place">
        {[place, t('appraise:card.people', { count: card.household_size }), card.household_id.slice(-4)]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <CaseFacts card={card} />
      {(card.open_objections > 0 || (reviewed && ['appraised', 'township_review'].includes(card.state))) && (
        <p className="ap-tags">
          {card.open_objections > 0 && <Tag tone="seal">{t('appraise:card.objection')}</Tag>}
          {reviewed && card.state !== 'first_notice' && <Tag tone="met">{t('appraise:card.reviewed')}</Tag>}
        </p>
      )}
    </article>
  )
}
