import { Section } from '#ui/page.tsx'
import { State, Tag } from '#ui/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import { isLater, useDeliveries, usePlan, useText } from './household.ts'

/** What was promised and what came, batch by batch. */
export function PlanAndDeliveries(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const { household_id, as_on } = props
  const plan = usePlan(household_id).data?.current
  const delivered = useDeliveries(household_id).data
  const given = (delivered?.deliveries ?? []).filter((each) => each.reverses === null)
  if (!plan && given.length === 0) return null
  const batches = [...new Set([...(plan?.items ?? []), ...given].map((each) => each.batch))].sort()
  return (
    <>
      <Section
        title={t('see:help.title')}
        aside={
          plan ? <Tag>{t('see:help.plan_state', { year: plan.year, state: t(`see:help.${plan.state}`) })}</Tag> : null
        }
      >
        {plan && (
          <p className={isLater(as_on, plan.made_at) ? 'd-later' : undefined}>
            {t('see:help.cost')} <Money minor={plan.cost} cents="never" />, {t('see:help.gain')}{' '}
            <Money minor={plan.income_gain} cents="never" />
            {plan.responsible_person && <>. {t('see:help.responsible', { name: plan.responsible_person })}</>}
          </p>
        )}
        {batches.map((batch) => (
          <div key={batch}>
            <h3>{label('batch', batch)}</h3>
            <ul className="see-list">
              {(plan?.items ?? [])
                .filter((item) => item.batch === batch)
                .map((item) => {
                  const came = delivered?.items.find((each) => each.item_id === item.item_id)
                  return (
                    <li key={item.item_id} className={isLater(as_on, plan?.made_at) ? 'd-later' : undefined}>
                      <div className="see-line">
                        <b>{text(item.label)}</b>
                        <State
                          state={came?.state_of_delivery === 'given' ? 'met' : item.funded ? 'unknown' : 'unmet'}
                          word={t(`see:help.${item.funded ? (came?.state_of_delivery ?? 'nothing_yet') : 'unfunded'}`)}
                        />
                        <Money minor={item.cost} cents="never" />
                      </div>
                      <div className="d-says">{text(item.reason)}</div>
                    </li>
                  )
                })}
              {given
                .filter((each) => each.batch === batch)
                .map((each) => (
                  <li key={each.delivery_id} className={isLater(as_on, each.recorded_at) ? 'd-later' : undefined}>
                    <div className="see-line">
                      <span>
                        {text(each.label)}
                        {each.reversed && <> ({t('see:help.reversed')})</>}
                      </span>
                      <span>
                        <Num value={each.quantity} /> {each.unit}
                      </span>
                      <Money minor={each.cost} cents="never" />
                    </div>
                    <div className="d-says">
                      <DateText value={each.delivered_on} /> · {each.provider} ·{' '}
                      {t(each.head_signed ? 'see:help.signed' : 'see:help.not_signed')}
                    </div>
                  </li>
                ))}
            </ul>
          </div>
        ))}
        {plan && plan.uncovered.length > 0 && (
          <>
            <h3>{t('see:help.uncovered')}</h3>
            <ul className="see-list">
              {plan.uncovered.map((each) => (
                <li key={each.need}>
                  <State state="unmet" word={text(each.label)} />
                  <div className="d-says">{text(each.text)}</div>
                </li>
              ))}
            </ul>
          </>
        )}
      </Section>
      {delivered && delivered.income.length > 0 && (
        <Section title={t('see:ledger.title')}>
          <div className="see-scroll">
            <table className="see-plain d-num">
              <thead>
                <tr>
                  <th scope="col">{t('see:years.year')}</th>
                  <th scope="col">{t('see:ledger.sources')}</th>
                  <th scope="col" className="see-end">
                    {t('see:ledger.per_person')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {delivered.income.map((year) => (
                  <tr key={year.year}>
                    <th scope="row">{year.year}</th>
                    <td>
                      {year.sources.map((source) => (
                        <div key={source.source}>
                          {text(source.label)} <Money minor={source.amount} cents="never" />
                        </div>
                      ))}
                    </td>
                    <td className="see-end">
                      <Money minor={year.per_person} cents="never" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
    </>
  )
}
