import { Section } from '#ui/page.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useMay, usePackWords } from '#web/client.ts'
import { DecideCause } from './file/decide-cause.tsx'
import { useDiagnosis, useText } from './household.ts'

type Diagnosis = NonNullable<ReturnType<typeof useDiagnosis>['data']>
type Compared = Diagnosis['compared'][number]
type Current = NonNullable<Diagnosis['current']>

/** Why it is poor: what the answers show beside the surveyor's word, and, where they differ, what speaks for each. */
export function Causes(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const data = useDiagnosis(props.household_id, props.as_on).data
  const may_decide = useMay('diagnose.decide')
  const current = data?.current
  if (!data || !current) return null
  const computed = data.compared.filter((each) => each.computed === 'main' || each.computed === 'other')
  const stated = data.compared
    .filter((each) => each.stated !== 'no')
    .toSorted((a, b) => Number(b.stated === 'main') - Number(a.stated === 'main'))
  return (
    <Section
      title={t('see:causes.title')}
      aside={
        <span className="d-says">
          <DateText value={current.diagnosed_at} />
        </span>
      }
    >
      <Agreement current={current} />
      {may_decide && props.as_on === undefined && current.decided_reason === null && data.compared.length > 0 && (
        <DecideCause
          household_id={props.household_id}
          diagnosis_id={current.diagnosis_id}
          causes={data.compared.map((each) => each.code)}
        />
      )}
      <div className="see-beside">
        <section aria-label={t('see:causes.computed')}>
          <h3>{t('see:causes.computed')}</h3>
          <ol className="see-list">
            {computed.map((each) => (
              <ComputedCause key={each.code} each={each} current={current} />
            ))}
          </ol>
          {computed.length === 0 && <p className="d-says">{t('see:causes.none')}</p>}
        </section>
        <section aria-label={t('see:causes.stated')}>
          <h3>{t('see:causes.stated')}</h3>
          <ol className="see-list">
            {stated.map((each) => (
              <StatedCause key={each.code} each={each} />
            ))}
          </ol>
          {stated.length === 0 && <p className="d-says">{t('see:causes.nothing_stated')}</p>}
        </section>
      </div>
    </Section>
  )
}

/** What counts as the main cause and how sure that is; then whether evidence and surveyor agree. */
function Agreement(props: { current: Current }) {
  const t = useWords()
  const label = usePackWords()
  const { agrees, main_cause, computed_cause, stated_cause, certainty, sure, decided_reason } = props.current
  const name = (code: string | null) => (code === null ? t('see:causes.none') : label('cause', code))
  return (
    <>
      {decided_reason !== null && (
        <p>
          {t('see:causes.main')}: {name(main_cause)}. {t('see:causes.decided', { reason: decided_reason })}
        </p>
      )}
      {certainty !== null && (
        <p className={sure ? undefined : 'see-differs'}>
          {t(sure ? 'see:causes.main_sure' : 'see:causes.main_unsure', {
            cause: name(main_cause),
            percent: Math.round(certainty * 100),
          })}
        </p>
      )}
      {agrees !== null && (
        <p className="d-says">
          {t(agrees ? 'see:causes.agrees' : 'see:causes.differs', {
            computed: name(computed_cause),
            stated: name(stated_cause),
          })}
        </p>
      )}
    </>
  )
}

function ComputedCause(props: { each: Compared; current: Current }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const { each } = props
  const cause = props.current.causes.find((one) => one.code === each.code)
  return (
    <li>
      <div className="see-line">
        <b>{text(each.label)}</b>
        {each.computed === 'main' && <Tag tone="seal">{t('see:causes.main')}</Tag>}
      </div>
      <p className="see-closes">
        {cause && cause.closes_share > 0 ? (
          <>
            {t('see:causes.closes')} <Num value={cause.closes_share} share digits={0} />
            {cause.closes_income ? (
              <>
                {' · '}
                {t('see:causes.closes_income')} <Money minor={cause.closes_income} cents="never" />
              </>
            ) : null}
            {cause.closes_indicators.length > 0 && (
              <>
                {' · '}
                {t('see:causes.closes_needs')}{' '}
                {cause.closes_indicators.map((code) => label('indicator', code)).join(', ')}
              </>
            )}
          </>
        ) : (
          t('see:causes.closes_nothing')
        )}
      </p>
      <Evidence each={each} />
    </li>
  )
}

function StatedCause(props: { each: Compared }) {
  const t = useWords()
  const text = useText()
  const { each } = props
  const found = each.computed === 'main' || each.computed === 'other'
  return (
    <li>
      <div className="see-line">
        <b>{text(each.label)}</b>
        {each.stated === 'main' && <Tag tone="seal">{t('see:causes.main')}</Tag>}
      </div>
      <p className={found ? 'see-closes' : 'see-differs'}>{t(`see:causes.found_${each.computed}`)}</p>
      {!found && (
        <>
          <p className="see-closes">{text(each.plain)}</p>
          <Evidence each={each} />
        </>
      )}
    </li>
  )
}

function Evidence(props: { each: Compared }) {
  const t = useWords()
  const text = useText()
  const [first, others] = [props.each.evidence.slice(0, 4), props.each.evidence.slice(4)]
  return (
    <>
      <ul className="see-tree">
        {first.map((line, index) => (
          <li key={index}>{text(line)}</li>
        ))}
      </ul>
      {others.length > 0 && (
        <details>
          <summary>{t('see:causes.more_evidence', { n: others.length })}</summary>
          <ul className="see-tree">
            {others.map((line, index) => (
              <li key={index}>{text(line)}</li>
            ))}
          </ul>
        </details>
      )}
      {props.each.ask.map((ask) => (
        <p className="see-ask" key={ask.field}>
          {t('ui.clause.ask')} {ask.who ? `${text(ask.who)}: ` : ''}
          {text(ask.label)}
        </p>
      ))}
    </>
  )
}
