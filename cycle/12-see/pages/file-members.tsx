import { Masked } from '#ui/masked.tsx'
import { Section } from '#ui/page.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay } from '#web/client.ts'
import { useRegister } from './household.ts'

/** The head first, the others as they came. */
export function headFirst<M extends { relation: string | null }>(members: readonly M[]): M[] {
  return members.toSorted((a, b) => Number(b.relation === 'head') - Number(a.relation === 'head'))
}

/** The members, their numbers masked; who may see one says why, and that is recorded. */
export function Members(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const may_reveal = useMay('register.reveal')
  const { household_id } = props
  const found = useRegister(household_id, props.as_on)
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
                {member.state !== 'active' && ` · ${t(`see:members.${member.state}`)}`}
              </span>
            </div>
            <div className="see-line d-says">
              <span>
                {member.sex ? t(`see:members.${member.sex}`) : ''}{' '}
                {member.birth_date && (
                  <>
                    {t('see:members.born')} <DateText value={member.birth_date} />
                  </>
                )}
              </span>
              {member.national_id_last4 && (
                <Masked
                  value={`••••••••••••••${member.national_id_last4}`}
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
