import { Button } from '@mantine/core'
import { useReader, useWords } from '#ui/words.tsx'
import { formatDate } from '#ui/format.ts'
import { Section } from '#ui/page.tsx'
import { Tag } from '#ui/state/state.tsx'
import { usePackWords } from '#web/client.ts'
import { reasonOf, storyOf, type Linked } from './story.ts'
import './match.css'

/** Card by card what makes these people one household, what departments know of them, and what was withdrawn. */
export function Links<L extends Linked>(props: {
  links: readonly L[]
  merged_into: string | null
  onWithdraw: ((link: L) => void) | null
}) {
  const t = useWords()
  const { locale } = useReader()
  const label = usePackWords()
  const { cards, records, withdrawals } = storyOf(props.links)
  const day = (date: string | null) => formatDate(date, locale)
  const names = (some: readonly Linked[]) =>
    [...new Set(some.flatMap((link) => link.person_name ?? []))].join(t('match:household.comma'))
  const withdraw = (link: L, what: string) =>
    props.onWithdraw && (
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={`${t('match:household.withdraw')}: ${what}`}
        onClick={() => props.onWithdraw?.(link)}
      >
        {t('match:household.withdraw')}
      </Button>
    )
  const card_name = (link: Linked | null) =>
    link ? t('match:household.card_of', { day: day(link.surveyed_on) }) : t('match:household.card_elsewhere')
  const how = (link: Linked) =>
    `${t(`match:method.${link.method}`)} · ${t('match:household.linked_on', { day: day(link.linked_at) })}`
  return (
    <>
      <Section title={t('match:household.cards')}>
        {cards.length === 0 && (
          <p className="m-how">
            {props.merged_into === null
              ? t('match:household.no_cards')
              : t('match:household.cards_went', { household_id: props.merged_into })}
          </p>
        )}
        <ol className="m-cards">
          {cards.map(({ key, card, members }) => (
            <li key={key}>
              <p className="m-line">
                <strong>{card_name(card)}</strong>
                {card && <span className="m-how">{how(card)}</span>}
                {card && withdraw(card, card_name(card))}
              </p>
              {members.length > 0 && (
                <details>
                  <summary>
                    {t('match:around.members', { n: members.length })} · {names(members)}
                  </summary>
                  <ul>
                    {members.map((link) => (
                      <li key={link.link_id} className="m-line">
                        <span>{link.person_name}</span>
                        <span className="m-how">{how(link)}</span>
                        {withdraw(link, `${link.person_name ?? ''} ${card_name(card)}`)}
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          ))}
        </ol>
      </Section>
      {records.length > 0 && (
        <Section title={t('match:household.records')}>
          <ul className="m-cards">
            {records.map((link) => (
              <li key={link.link_id} className="m-line">
                <Tag>{label('register', link.left_id.split(':')[0])}</Tag>
                <span>{link.person_name}</span>
                <span className="m-how">{how(link)}</span>
                {withdraw(link, `${label('register', link.left_id.split(':')[0])} ${link.person_name ?? ''}`)}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {withdrawals.length > 0 && (
        <Section title={t('match:household.history')}>
          <ol className="m-cards">
            {withdrawals.map((each) => {
              const { key, note } = reasonOf(each.reason)
              return (
                <li key={each.key}>
                  <p className="m-line">
                    <strong>{day(each.at)}</strong>
                    <span>{[key && t(`match:household.reason_${key}`), note].filter(Boolean).join(' · ')}</span>
                  </p>
                  <p className="m-how">
                    {[
                      ...each.cards.map(card_name),
                      each.members.length > 0 && t('match:household.members_of', { names: names(each.members) }),
                      each.records.length > 0 && t('match:household.records_n', { n: each.records.length }),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </p>
                </li>
              )
            })}
          </ol>
        </Section>
      )}
    </>
  )
}
