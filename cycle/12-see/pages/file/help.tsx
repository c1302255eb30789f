import { Section } from '#ui/page.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useLack, usePackWords } from '#web/client.ts'
import { IncomeLedger } from './income-ledger.tsx'
import { useDeliveries, usePlan, useText, useIsLater } from '../household.ts'

/** The plan that counts on a date (`later`: it was not made yet), and that year's plans that are held back. */
function usePlanOn(household_id: string, as_on: string | undefined) {
  const isLater = useIsLater()
  const plans = usePlan(household_id).data
  const all = (plans?.history ?? []).toSorted((a, b) => b.made_at.localeCompare(a.made_at))
  // As it was on a date: the plan made last by then; where none was, today's, greyed.
  const plan = (as_on ? all.find((each) => !each.held && !isLater(as_on, each.made_at)) : null) ?? plans?.current
  const later = isLater(as_on, plan?.made_at)
  const held = all.filter((each) => each.held && each.year === plan?.year)
  return { plan, later, held }
}

/** What was promised and what came, batch by batch. */
export function PlanAndDeliveries(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const { household_id, as_on } = props
  const delivered = useDeliveries(household_id).data
  const { plan, later, held } = usePlanOn(household_id, as_on)
  const given = (delivered?.deliveries ?? []).filter((each) => each.reverses === null)
  if (!plan && given.length === 0) return null
  const items = plan?.items ?? []
  const batches = [...new Set([...items, ...given].map((each) => each.batch))].sort()
  return (
    <>
      <Section title={t('see:help.title')} aside={plan && !later ? <PlanState plan={plan} as_on={as_on} /> : null}>
        {plan && <PlanSums plan={plan} later={later} />}
        {held.map((each) => (
          <p key={each.plan_id} className="d-says">
            {t('see:file.held_plan', { year: each.year, household_id: each.household_id })}
          </p>
        ))}
        {batches.map((batch) => (
          <BatchOfHelp
            key={batch}
            batch={batch}
            planned={items.filter((item) => item.batch === batch)}
            given={given}
            stateOf={(item_id) => delivered?.items.find((each) => each.item_id === item_id)?.state_of_delivery}
            as_on={as_on}
            later={later}
          />
        ))}
        {plan && !later && plan.uncovered.length > 0 && <Uncovered needs={plan.uncovered} />}
      </Section>
      <IncomeLedger years={delivered?.income ?? []} as_on={as_on} />
    </>
  )
}

type Plan = NonNullable<NonNullable<ReturnType<typeof usePlan>['data']>['current']>
type Item = Plan['items'][number]

function PlanState({ plan, as_on }: { plan: Plan; as_on: string | undefined }) {
  const t = useWords()
  const isLater = useIsLater()
  const state = t(`see:help.${isLater(as_on, plan.approved_at) ? 'made' : plan.state}`)
  return <Tag>{t('see:help.plan_state', { year: plan.year, state })}</Tag>
}

/** What the plan costs and should bring in, and who answers for it; or that it holds nothing. */
function PlanSums({ plan, later }: { plan: Plan; later: boolean }) {
  const t = useWords()
  if (plan.items.length === 0)
    return later ? null : <p className="d-says">{t('see:help.no_items', { year: plan.year })}</p>
  return (
    <p className={later ? 'd-later' : undefined}>
      {t('see:help.cost')} <Money minor={plan.cost} cents="never" />
      {t('see:members.comma')}
      {t('see:help.gain')} <Money minor={plan.income_gain} cents="never" />
      {plan.responsible_person && <>. {t('see:help.responsible', { name: plan.responsible_person })}</>}
    </p>
  )
}

/** One batch: what was planned of it and what came, then what came outside the plan. */
function BatchOfHelp(props: {
  batch: string
  planned: Item[]
  given: Delivery[]
  stateOf: (item_id: string) => string | undefined
  as_on: string | undefined
  later: boolean
}) {
  const label = usePackWords()
  const { batch, planned, given, as_on } = props
  const outside = given.filter((each) => each.batch === batch && !planned.some((item) => item.item_id === each.item_id))
  return (
    <div className="see-batch">
      <h3>{label('batch', batch)}</h3>
      <ul className="see-list">
        {planned.map((item) => (
          <PlannedItem
            key={item.item_id}
            item={item}
            parts={given.filter((each) => each.item_id === item.item_id)}
            came={props.stateOf(item.item_id)}
            as_on={as_on}
            later={props.later}
          />
        ))}
        {outside.map((each) => (
          <li key={each.delivery_id}>
            <Given delivery={each} as_on={as_on} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A planned item with the deliveries made for it; `came` is how far it is given today. */
function PlannedItem(props: {
  item: Item
  parts: Delivery[]
  came: string | undefined
  as_on: string | undefined
  later: boolean
}) {
  const t = useWords()
  const text = useText()
  const isLater = useIsLater()
  const { item, parts, came, as_on } = props
  const by_then = parts.some((each) => !isLater(as_on, each.recorded_at))
  const state = !item.funded ? 'unfunded' : as_on && !by_then ? 'nothing_yet' : (came ?? 'nothing_yet')
  return (
    <li className={props.later ? 'd-later' : undefined}>
      <div className="see-line">
        <b>{text(item.label)}</b>
        <State state={state === 'given' ? 'met' : item.funded ? 'unknown' : 'unmet'} word={t(`see:help.${state}`)} />
        <Money minor={item.cost} cents="never" />
      </div>
      <div className="d-says">{text(item.reason)}</div>
      {parts.map((each) => (
        <Given key={each.delivery_id} delivery={each} as_on={as_on} inside />
      ))}
    </li>
  )
}

/** Needs that the plan leaves open, each with the reason. */
function Uncovered({ needs }: { needs: Plan['uncovered'] }) {
  const t = useWords()
  const text = useText()
  const lack = useLack()
  return (
    <>
      <h3>{t('see:help.uncovered')}</h3>
      <ul className="see-list">
        {needs.map((each) => (
          <li key={each.need}>
            <State state="unmet" word={lack(each.need, text(each.label))} />
            <div className="d-says">{text(each.text)}</div>
          </li>
        ))}
      </ul>
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
