import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Facts } from '#ui/facts.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Money } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, CountsFor, useLanguage, usePackWords, useParam, useView } from '#web/client.ts'
import { AgreeForm } from './agree.tsx'
import { Wishes } from './wishes.tsx'

const view = z.object({ year: z.string().optional() })

const loadPlan = (household_id: string, year: string | undefined) =>
  call(api.api.prescribe.households[':household_id'].$get({ param: { household_id }, query: year ? { year } : {} }))
type Plan = NonNullable<Awaited<ReturnType<typeof loadPlan>>['current']>
type Item = Plan['items'][number]
type Looked = Plan['weighed'][number]

export default function PlanPage() {
  const t = useWords()
  const label = usePackWords()
  const household_id = useParam('household_id')
  const [{ year }] = useView(view)
  const key = ['prescribe', 'household', household_id, year]
  const found = useQuery({ queryKey: key, queryFn: () => loadPlan(household_id, year) })
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const plan = found.data?.current
  if (!found.data) return <Waiting />
  const { head_name } = found.data
  return (
    <>
      <PageHead
        title={t('prescribe:plan.of', { name: head_name })}
        meta={
          <>
            <TextLink href={`/households/${household_id}`}>{household_id}</TextLink>
            {plan && <Tag tone={plan.state === 'approved' ? 'met' : 'plain'}>{label('plan_state', plan.state)}</Tag>}
            {plan && <span className="d-num">{plan.year}</span>}
          </>
        }
      />
      {plan ? (
        <PlanView plan={plan} head_name={head_name} />
      ) : (
        <CountsFor household_id={household_id} href={(standing) => `/plans/${standing}`}>
          <Empty title={t('prescribe:plan.none')} />
        </CountsFor>
      )}
    </>
  )
}

function PlanView(props: { plan: Plan; head_name: string }) {
  const t = useWords()
  const language = useLanguage()
  const { plan } = props
  const name = (each: Record<string, string> | null) => (each ? (each[language] ?? each.en ?? '') : null)
  return (
    <>
      <AgreeForm plans={[{ ...plan, head_name: props.head_name }]} />
      <Section title={t('prescribe:needs')}>
        <Needs plan={plan} />
      </Section>
      <Section title={t('prescribe:measures')}>
        <Items plan={plan} />
      </Section>
      <Section title={t('prescribe:looked')}>
        <LookedAt plan={plan} />
      </Section>
      {plan.state === 'draft' && <Wishes plan={plan} />}
      <Section title={t('prescribe:steps')}>
        <Facts
          columns={2}
          items={[
            { label: t('prescribe:made'), value: name(plan.made_by), date: plan.made_at },
            { label: t('prescribe:agreed'), value: name(plan.agreed_by), date: plan.agreed_on },
            { label: t('prescribe:approved'), value: name(plan.approved_by), date: plan.approved_at },
            { label: t('prescribe:agree.person'), value: plan.responsible_person },
            { label: t('prescribe:cost_once'), value: <Money minor={plan.cost_once} cents="never" /> },
            { label: t('prescribe:cost_yearly'), value: <Money minor={plan.cost_yearly} cents="never" /> },
          ]}
        />
      </Section>
    </>
  )
}

function Needs({ plan }: { plan: Plan }) {
  const t = useWords()
  const language = useLanguage()
  const open = new Map(plan.uncovered.map((each) => [each.need, each]))
  const known = new Set(plan.needs.map((need) => need.need))
  const needs = [
    ...plan.needs.map((need) => ({ ...need, amount: need.amount as number | null })),
    ...plan.uncovered.filter((each) => !known.has(each.need)),
  ]
  if (needs.length === 0) return <Empty title={t('prescribe:no_needs')} />
  return (
    <Facts
      items={needs.map((need) => ({
        key: need.need,
        label: need.label[language] ?? need.need,
        value: need.need === 'income' && need.amount !== null ? <Money minor={need.amount} cents="never" /> : '',
        ...(open.has(need.need)
          ? { state: 'unmet' as const, state_word: open.get(need.need)?.text[language] ?? '' }
          : paidFor(plan, need)
            ? { state: 'met' as const, state_word: t('prescribe:covered') }
            : { state: 'unknown' as const, state_word: t('prescribe:once_funded') }),
      }))}
    />
  )
}

/** Whether the measures that are funded close the need by themselves. */
function paidFor(plan: Plan, need: { need: string; amount: number | null }): boolean {
  const paid = plan.items.filter((item) => item.funded)
  if (need.need !== 'income') return paid.some((item) => item.indicators.includes(need.need))
  return paid.reduce((sum, item) => sum + item.income_gain, 0) >= (need.amount ?? 0)
}

/** Each measure with its whole reason: this is what is read out to the family. */
function Items({ plan }: { plan: Plan }) {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  if (plan.items.length === 0) return <Empty title={t('prescribe:no_measures')} />
  return (
    <Facts
      items={plan.items.map((item) => ({
        key: item.item_id,
        label: item.label[language] ?? item.measure_code,
        value: (
          <>
            <Money minor={item.cost} cents="never" /> {label('cost_period', item.cost_period)}
          </>
        ),
        // What waits is not refused.
        state: item.funded ? 'met' : item.unfunded_reason === 'not_shared' ? 'unknown' : 'unmet',
        state_word: item.funded
          ? t('prescribe:is_funded')
          : t(`prescribe:unfunded_${item.unfunded_reason ?? 'no_money'}`),
        source: <MeasureWords item={item} />,
      }))}
    />
  )
}

function MeasureWords({ item }: { item: Item }) {
  const t = useWords()
  const language = useLanguage()
  const months = item.starts_after_months
  return (
    <>
      {item.reason[language] ?? ''} {item.plain[language] ?? ''} {t('prescribe:starts')}{' '}
      {months === 0 ? t('prescribe:at_once') : t('prescribe:months', { n: months })}
    </>
  )
}

/** Why a measure was not chosen, with the names of those that stand in its place. */
function whyNot(each: Looked, t: ReturnType<typeof useWords>, language: string): string {
  const list = (labels: Record<string, string>[]) => labels.map((label) => label[language]).join(t('prescribe:comma'))
  if (each.state === 'unknown') return t('prescribe:missing', { fields: list(each.missing_labels) })
  const why = t(`prescribe:weighed_${each.state}`, { note: each.note ?? '' })
  return each.instead.length > 0 ? t('prescribe:instead', { why, measures: list(each.instead) }) : why
}

/** What was looked at and not chosen, and why; so that the choice can be questioned. */
function LookedAt({ plan }: { plan: Plan }) {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const columns: Column<Looked>[] = [
    { key: 'label', label: t('prescribe:measure'), value: (each) => each.label[language] ?? each.measure_code },
    {
      key: 'state',
      label: t('prescribe:why_not'),
      value: (each) => each.state,
      cell: (each) => whyNot(each, t, language),
      width: 320,
    },
    {
      key: 'cost',
      label: t('prescribe:cost'),
      value: (each) => each.cost,
      cell: (each) => <Money minor={each.cost} cents="never" />,
      align: 'end',
    },
    {
      key: 'gain',
      label: t('prescribe:gain'),
      value: (each) => each.income_gain,
      cell: (each) => (each.income_gain ? <Money minor={each.income_gain} cents="never" /> : ''),
      align: 'end',
    },
    {
      key: 'causes',
      label: t('prescribe:causes'),
      value: (each) => each.causes.map((cause) => label('cause', cause)).join(', '),
      desk_only: true,
    },
  ]
  return (
    <>
      <Table
        caption={t('prescribe:looked')}
        rows={plan.weighed.filter((each) => each.state !== 'chosen')}
        columns={columns}
        rowKey={(each) => each.measure_code}
        empty={{ title: t('prescribe:nothing_else') }}
      />
      <p className="d-says">
        {t('prescribe:made')} <DateText value={plan.made_at} />
      </p>
    </>
  )
}
