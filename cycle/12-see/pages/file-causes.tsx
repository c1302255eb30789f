import { Section } from '#ui/page.tsx'
import { Tag } from '#ui/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import { useDiagnosis, useText } from './household.ts'

/** Why it is poor: the surveyor's word beside the computed ranking, each cause with what would close without it. */
export function Causes(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const current = useDiagnosis(props.household_id, props.as_on).data?.current
  if (!current) return null
  const holding = current.causes.filter((cause) => cause.state === 'present' || cause.code === current.main_cause)
  const stated = [...new Set([current.stated_cause, ...(current.stated_other_causes ?? [])])].filter(
    (code) => code !== null,
  )
  return (
    <Section
      title={t('see:causes.title')}
      aside={
        <span className="d-says">
          <DateText value={current.diagnosed_at.slice(0, 10)} />
        </span>
      }
    >
      <p>
        {t('see:causes.stated')}{' '}
        <b>{stated.length ? stated.map((code) => label('cause', code)).join(', ') : t('see:causes.nothing_stated')}</b>
        {current.agrees === false && <> {t('see:causes.differs')}</>}
        {current.agrees === true && <> {t('see:causes.agrees')}</>}
      </p>
      <ol className="see-list">
        {holding.map((cause) => (
          <li key={cause.code}>
            <div className="see-line">
              <b>{text(cause.label) || label('cause', cause.code)}</b>
              {cause.code === current.main_cause && <Tag tone="seal">{t('see:causes.main')}</Tag>}
              {cause.closes_share > 0 && (
                <span>
                  {t('see:causes.closes')} <Num value={cause.closes_share} share digits={0} />
                </span>
              )}
            </div>
            <div>{text(cause.reason)}</div>
            <div className="d-says">
              {cause.closes_income ? (
                <>
                  {t('see:causes.closes_income')} <Money minor={cause.closes_income} cents="never" />{' '}
                </>
              ) : null}
              {cause.closes_indicators.map((code) => label('indicator', code)).join(', ')}
            </div>
          </li>
        ))}
      </ol>
      {holding.length === 0 && <p className="d-says">{t('see:causes.none')}</p>}
    </Section>
  )
}
