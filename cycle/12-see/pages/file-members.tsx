import { Waiting } from '#ui/state/loaded.tsx'
import { Masked } from '#ui/masked.tsx'
import { Section } from '#ui/page.tsx'
import { DateText } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { api, call, useMay } from '#web/client.ts'
import { useRegister } from './household.ts'

const order = [
  'head',
  'spouse',
  'grandparent',
  'parent',
  'parent_in_law',
  'sibling',
  'child',
  'child_in_law',
  'grandchild',
]

/** A family as it would name itself: the head and spouse, the elders, then each generation, the older first. */
export function headFirst<M extends { relation: string | null; birth_date: string | null }>(
  members: readonly M[],
): M[] {
  const rank = ({ relation }: M) => (relation && order.includes(relation) ? order.indexOf(relation) : order.length)
  return members.toSorted((a, b) => rank(a) - rank(b) || (a.birth_date ?? '9').localeCompare(b.birth_date ?? '9'))
}

/** Whole years between two days, `YYYY-MM-DD`. */
export function ageOn(birth_date: string, day: string): number {
  return Number(day.slice(0, 4)) - Number(birth_date.slice(0, 4)) - (day.slice(5) < birth_date.slice(5) ? 1 : 0)
}

/** The members, their numbers masked; who may see one says why, and that is recorded. */
export function Members(props: { household_id: string; as_on: string | undefined }) {
  const { words: t, today } = useReader()
  const day = props.as_on ?? today
  const may_reveal = useMay('register.reveal')
  const { household_id } = props
  const found = useRegister(household_id, props.as_on)
  if (found.isLoading) {
    return (
      <Section title={t('see:members.title')}>
        <Waiting lines={4} />
      </Section>
    )
  }
  if (!found.data) return null
  const reveal = (person_id: string) => async (reason: string) =>
    (
      await call(
        api.api.register.households[':household_id'].reveal.$post({
          param: { household_id },
          json: { person_id, reason },
        }),
      )
    ).national_id ?? ''
  return (
    <Section title={t('see:members.title')}>
      <ul className="see-list">
        {headFirst(found.data.members).map((member) => (
          <li key={member.person_id}>
            <div className="see-line">
              <b>{member.name}</b>
              <span>
                {member.relation ? t(`see:relation.${member.relation}`) : ''}
                {member.state !== 'active' && member.gone_on === null && ` · ${t(`see:members.${member.state}`)}`}
                {member.gone_on !== null && (
                  <>
                    {' · '}
                    {t(member.state === 'dead' ? 'see:members.died_on' : 'see:members.left_on')}{' '}
                    <DateText value={member.gone_on} />
                  </>
                )}
                {member.joined_on !== null && (
                  <>
                    {' · '}
                    {t('see:members.joined_on')} <DateText value={member.joined_on} />
                  </>
                )}
              </span>
            </div>
            <div className="see-line d-says">
              <span>
                {member.sex ? t(`see:members.${member.sex}`) : ''}
                {member.birth_date && (
                  <>
                    {t('see:members.comma')}
                    {member.state === 'active' && t('see:members.age', { n: ageOn(member.birth_date, day) })}{' '}
                    <span className="see-born">
                      {t('see:members.born')} <DateText value={member.birth_date} />
                    </span>
                  </>
                )}
              </span>
              {member.national_id_code && (
                <Masked
                  value={member.national_id_code}
                  label={t('see:members.id_of', { name: member.name })}
                  {...(may_reveal ? { onReveal: reveal(member.person_id) } : {})}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}
