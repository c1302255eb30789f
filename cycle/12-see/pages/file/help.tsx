import { Section } from '#ui/page.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useLack, usePackWords } from '#web/client.ts'
import { useDeliveries, usePlan, useText, useIsLater } from '../household.ts'

/** What was promised and what came, batch by batch. */
export function PlanAndDeliveries(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const isLater = useIsLater()
  const text = useText()
  const label = usePackWords()
  const lack = useLack()
  const { household_id, as_on } = props
  const plans = usePlan(household_id).data
  const delivered = useDeliveries(household_id).data
  const all = (plans?.history ?? []).toSorted((a, b) => b.made_at.localeCompare(a.made_at))
  // As it was on a date: the plan made last by then; where none was, today's, greyed.
  const plan = (as_on ? all.find((each) => !each.held && !isLater(as_on, each.made_at)) : null) ?? plans?.current
  const later = isLater(as_on, plan?.made_at)
  const held = all.filter((each) => each.held && each.year === plan?.year)
  const given = (delivered?.deliveries ?? []).filter((each) => each.reverses === null)
  if (!plan && given.length === 0) return null
  const items = plan?.items ?? []
  const batches = [...new Set([...items, ...given].map((each) => each.batch))].sort()
  const income = (delivered?.income ?? []).filter((each) => !as_on || each.year <= Number(as_on.slice(0, 4)))
  return (
    <>
      <Section
        title={t('see:help.title')}
        aside={
          plan && !later ? (
            <Tag>
              {t('see:help.plan_state', {
                year: plan.year,
                state: t(`see:help.${isLater(as_on, plan.approved_at) ? 'made' : plan.state}`),
              })}
            </Tag>
          ) : null
        }
      >
        {plan && !later && items.length === 0 && (
          <p className="d-says">{t('see:help.no_items', { year: plan.year })}</p>
        )}
        {plan && items.length > 0 && (
          <p className={later ? 'd-later' : undefined}>
            {t('see:help.cost')} <Money minor={plan.cost} cents="never" />
            {t('see:members.comma')}
            {t('see:help.gain')} <Money minor={plan.income_gain} cents="never" />
            {plan.responsible_person && <>. {t('see:help.responsible', { name: plan.responsible_person })}</>}
          </p>
        )}
        {held.map((each) => (
          <p key={each.plan_id} className="d-says">
            {t('see:file.held_plan', { year: each.year, household_id: each.household_id })}
          </p>
        ))}
        {batches.map((batch) => {
          const planned = items.filter((item) => item.batch === batch)
          const outside = given.filter(
            (each) => each.batch === batch && !planned.some((item) => item.item_id === each.item_id),
          )
          return (
            <div key={batch} className="see-batch">
              <h3>{label('batch', batch)}</h3>
              <ul className="see-list">
                {planned.map((item) => {
                  const came = delivered?.items.find((each) => each.item_id === item.item_id)
                  const parts = given.filter((each) => each.item_id === item.item_id)
                  const known = parts.some((each) => !isLater(as_on, each.recorded_at))
                  const state = !item.funded
                    ? 'unfunded'
                    : as_on && !known
                      ? 'nothing_yet'
                      : (came?.state_of_delivery ?? 'nothing_yet')
                  return (
                    <li key={item.item_id} className={later ? 'd-later' : undefined}>
                      <div className="see-line">
                        <b>{text(item.label)}</b>
                        <State
                          state={state === 'given' ? 'met' : item.funded ? 'unknown' : 'unmet'}
                          word={t(`see:help.${state}`)}
                        />
                        <Money minor={item.cost} cents="never" />
                      </div>
                      <div className="d-says">{text(item.reason)}</div>
                      {parts.map((each) => (
                        <Given key={each.delivery_id} delivery={each} as_on={as_on} inside />
                      ))}
                    </li>
                  )
                })}
                {outside.map((each) => (
                  <li key={each.delivery_id}>
                    <Given delivery={each} as_on={as_on} />
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
        {plan && !later && plan.uncovered.length > 0 && (
          <>
            <h3>{t('see:help.uncovered')}</h3>
            <ul className="see-list">
              {plan.uncovered.map((each) => (
                <li key={each.need}>
                  <State state="unmet" word={lack(each.need, text(each.label))} />
                  <div className="d-says">{text(each.text)}</div>
                </li>
              ))}
            </ul>
          </>
        )}
      </Section>
      {income.length > 0 && (
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
                {income.map((year) => (
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

type Delivery = NonNullable<ReturnType<typeof useDeliveries>['data']>['deliveries'][number]

/** One delivery: what, how much of it, from whom, when; under its measure the name is not said again. */
function Given(props: { delivery: Delivery; as_on: string | undefined; inside?: boolean }) {
  const t = useWords()
  const isLater = useIsLater()
  const text = useText()
  const { delivery: each } = props
  return (
    <div className={isLater(props.as_on, each.recorded_at) ? 'd-later' : undefined}>
      <div className={props.inside ? 'see-line see-inside' : 'see-line'}>
        <span>
          {props.inside ? t('see:help.came') : <b>{text(each.label)}</b>}
          {each.reversed && <> ({t('see:help.reversed')})</>}
        </span>
        {(each.quantity !== 1 || each.unit !== '项') && (
          <span>
            <Num value={each.quantity} /> {t(`see:unit.${each.unit}`, { defaultValue: each.unit })}
          </span>
        )}
        <Money minor={each.cost} cents="never" />
      </div>
      <div className="d-says">
        <DateText value={each.delivered_on} /> · {each.provider} ·{' '}
        {t(each.head_signed ? 'see:help.signed' : 'see:help.not_signed')}
      </div>
    </div>
  )
}
