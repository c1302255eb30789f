import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Print } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useNamed, useParam, usePackWords } from '#web/client.ts'
import { headFirst } from './file-members.tsx'
import { PartsMissing } from './parts-missing.tsx'
import { useAssessment, useDeliveries, useDiagnosis, useHead, usePlan, useRegister, useText } from './household.ts'
import { countsFor, Merged } from './merged.tsx'
import '../see.css'

/**
 * The handbook that hangs in the house, on A4: who we are, why we are poor, who is responsible, what is planned, what
 * came, what it changed (the six blocks of the help handbook, Poverty Alleviation Office notice of 2014).
 */
export default function HandbookPage() {
  const t = useWords()
  const named = useNamed()
  const household_id = useParam('household_id')
  const head = useHead(household_id)
  const into = countsFor(head.error)
  if (into !== null) return <Merged household_id={household_id} counts_for={into} error={head.error} />
  if (head.error) return <ProblemView error={head.error} onRetry={() => void head.refetch()} />
  if (!head.data) {
    return (
      <>
        <PageHead title={t('see:handbook.title')} />
        <Waiting />
      </>
    )
  }
  const data = head.data
  return (
    <>
      <p className="d-screen">
        <TextLink href={`/households/${household_id}`}>{t('see:handbook.back')}</TextLink>
      </p>
      <PartsMissing household_id={household_id} />
      <Print title={t('see:handbook.title')} foot={t('see:handbook.foot', { id: household_id })}>
        <div className="see-book">
          <PageHead
            title={t('see:handbook.of', { name: data.head_name })}
            lead={data.place.map((area) => named(area.name)).join(t('see:file.place_join'))}
            meta={<span className="d-num">{household_id}</span>}
          />
          <Basics household_id={household_id} size={data.household_size} status={data.status} />
          <Why household_id={household_id} />
          <h2>{t('see:handbook.responsible')}</h2>
          <dl>
            <dt>{t('see:handbook.helper')}</dt>
            <dd>{data.helper ?? t('see:handbook.to_be_named')}</dd>
            <dt>{t('see:handbook.unit')}</dt>
            <dd>{data.helper_unit ?? '—'}</dd>
          </dl>
          <Help household_id={household_id} />
          <h2>{t('see:handbook.results')}</h2>
          <table className="see-plain d-num">
            <thead>
              <tr>
                <th scope="col">{t('see:years.year')}</th>
                <th scope="col">{t('see:file.income_person')}</th>
                <th scope="col">{t('see:income.line')}</th>
              </tr>
            </thead>
            <tbody>
              {data.income.map((point) => (
                <tr key={point.year}>
                  <th scope="row">{point.year}</th>
                  <td>
                    <Money minor={point.value} cents="never" />
                  </td>
                  <td>
                    <Money minor={point.line} cents="never" />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {data.exited_on && (
            <p>
              {t('see:handbook.exited')} <DateText value={data.exited_on} />
            </p>
          )}
          <div className="see-sign">
            <span>{t('see:handbook.sign_head')}</span>
            <span>{t('see:handbook.sign_helper')}</span>
            <span>{t('see:handbook.sign_date')}</span>
          </div>
        </div>
      </Print>
    </>
  )
}

function Basics(props: { household_id: string; size: number; status: string }) {
  const t = useWords()
  const found = useRegister(props.household_id).data
  const members = headFirst(found?.members.filter((member) => member.state === 'active') ?? [])
  return (
    <>
      <h2>{t('see:handbook.basics')}</h2>
      <p>
        {t('see:file.members_n', { n: props.size })}
        {t('see:members.comma')}
        {t(`see:status.${props.status}`)}
      </p>
      <table className="see-plain">
        <thead>
          <tr>
            <th scope="col">{t('see:handbook.name')}</th>
            <th scope="col">{t('see:handbook.relation')}</th>
            <th scope="col">{t('see:handbook.born')}</th>
            <th scope="col">{t('see:handbook.id')}</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.person_id}>
              <th scope="row">{member.name}</th>
              <td>{member.relation ? t(`see:relation.${member.relation}`) : '—'}</td>
              <td>
                <DateText value={member.birth_date} />
              </td>
              <td>{member.national_id_code ? t('see:handbook.id_kept') : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Why(props: { household_id: string }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const diagnosis = useDiagnosis(props.household_id).data?.current
  const assessment = useAssessment(props.household_id).data?.current
  return (
    <>
      <h2>{t('see:handbook.causes')}</h2>
      {diagnosis?.main_cause ? (
        <p>
          <b>{label('cause', diagnosis.main_cause)}</b>
          {diagnosis.other_causes.map((code) => `, ${label('cause', code)}`)}.{' '}
          {text(diagnosis.causes.find((cause) => cause.code === diagnosis.main_cause)?.reason)}
        </p>
      ) : (
        <p>{t('see:handbook.not_yet')}</p>
      )}
      {assessment && (
        <table className="see-plain">
          <tbody>
            {assessment.indicators.map((each) => (
              <tr key={each.code}>
                <th scope="row">{text(each.label)}</th>
                <td>
                  <State
                    state={each.state}
                    {...(each.applies === false ? { word: t('see:needs.not_applicable') } : {})}
                  />
                </td>
                <td>{text(each.reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Help(props: { household_id: string }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const plan = usePlan(props.household_id).data?.current
  const deliveries = useDeliveries(props.household_id).data?.deliveries.filter(
    (each) => each.reverses === null && !each.reversed,
  )
  return (
    <>
      <h2>
        {t('see:handbook.plan')}
        {plan ? <span className="see-year"> {plan.year}</span> : null}
      </h2>
      {plan && plan.items.length > 0 ? (
        <table className="see-plain">
          <thead>
            <tr>
              <th scope="col">{t('see:handbook.measure')}</th>
              <th scope="col">{t('see:handbook.batch')}</th>
              <th scope="col" className="see-end">
                {t('see:handbook.cost')}
              </th>
            </tr>
          </thead>
          <tbody>
            {plan.items.map((item) => (
              <tr key={item.item_id}>
                <th scope="row">{text(item.label)}</th>
                <td>{label('batch', item.batch)}</td>
                <td className="see-end">
                  <Money minor={item.cost} cents="never" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{plan ? t('see:help.no_items', { year: plan.year }) : t('see:handbook.not_yet')}</p>
      )}
      <h2>{t('see:handbook.delivered')}</h2>
      {deliveries && deliveries.length > 0 ? (
        <table className="see-plain">
          <thead>
            <tr>
              <th scope="col">{t('see:handbook.date')}</th>
              <th scope="col">{t('see:handbook.measure')}</th>
              <th scope="col">{t('see:handbook.quantity')}</th>
              <th scope="col">{t('see:handbook.provider')}</th>
              <th scope="col" className="see-end">
                {t('see:handbook.cost')}
              </th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((each) => (
              <tr key={each.delivery_id}>
                <td>
                  <DateText value={each.delivered_on} />
                </td>
                <th scope="row">{text(each.label)}</th>
                <td>
                  <Num value={each.quantity} /> {t(`see:unit.${each.unit}`, { defaultValue: each.unit })}
                </td>
                <td>{each.provider}</td>
                <td className="see-end">
                  <Money minor={each.cost} cents="never" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{t('see:handbook.not_yet')}</p>
      )}
    </>
  )
}
