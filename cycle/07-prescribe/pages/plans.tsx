import { Button, Group, NumberInput, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { NumberWaiting } from '#ui/state/loaded.tsx'
import { PageHead, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useMay, usePackWords, useView } from '#web/client.ts'
import { AgreeForm } from './agree.tsx'

const states = ['draft', 'agreed', 'approved'] as const
const sorts = [
  'state',
  '-state',
  'year',
  '-year',
  'items',
  '-items',
  'cost',
  '-cost',
  'unfunded',
  '-unfunded',
  'uncovered',
  '-uncovered',
] as const
const view = z.object({
  year: z.coerce.number().int().optional(),
  state: z.enum(states).optional(),
  sort: z.enum(sorts).optional(),
})

interface Wanted {
  area_code: string
  year: number | undefined
  state: (typeof states)[number] | undefined
  sort: (typeof sorts)[number] | undefined
}

const loadPlans = ({ area_code, year, state, sort }: Wanted, after: string | null) =>
  call(
    api.api.prescribe.plans.$get({
      query: {
        area_code,
        limit: '500',
        ...(year === undefined ? {} : { year: String(year) }),
        ...(state ? { state } : {}),
        ...(sort ? { sort } : {}),
        ...(after ? { after } : {}),
      },
    }),
  )
type Plan = Awaited<ReturnType<typeof loadPlans>>['items'][number]

const isYear = (value: string | number): value is number => Number(value) >= 2000 && Number(value) <= 2100

export default function PlansPage() {
  const t = useWords()
  const label = usePackWords()
  const { code } = useArea()
  const [{ year, state, sort }, setView] = useView(view)
  const queries = useQueryClient()
  const [job_id, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const may_plan = useMay('prescribe.plan')
  const plans = useInfiniteQuery({
    queryKey: ['prescribe', 'plans', code, year, state, sort],
    queryFn: ({ pageParam }) => loadPlans({ area_code: code, year, state, sort }, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const first = plans.data?.pages[0]
  const rows = plans.data?.pages.flatMap((page) => page.items) ?? []
  const again = () => void queries.invalidateQueries({ queryKey: ['prescribe'] })
  const run = (for_year: number) =>
    call(api.api.prescribe.run.$post({ json: { area_code: code, year: for_year } })).then(
      (job) => setJob(job.job_id),
      setError,
    )
  const columns: Column<Plan>[] = [
    {
      key: 'head_name',
      label: t('prescribe:household'),
      value: (plan) => plan.head_name,
      primary: true,
      sortable: false,
    },
    {
      key: 'household_id',
      label: t('prescribe:number'),
      value: (plan) => plan.household_id,
      width: 160,
      desk_only: true,
      sortable: false,
    },
    {
      key: 'state',
      label: t('prescribe:state'),
      width: 210,
      value: (plan) => states.indexOf(plan.state as 'draft'),
      cell: (plan) => <Tag tone={plan.state === 'approved' ? 'met' : 'plain'}>{label('plan_state', plan.state)}</Tag>,
    },
    ...(year === undefined
      ? [{ key: 'year', label: t('prescribe:year'), value: (plan: Plan) => plan.year, width: 80 }]
      : []),
    { key: 'items', label: t('prescribe:measures'), value: (plan) => plan.items, align: 'end', width: 105 },
    {
      key: 'cost',
      label: t('prescribe:cost'),
      value: (plan) => plan.cost,
      cell: (plan) => <Money minor={plan.cost} cents="never" />,
      align: 'end',
      width: 120,
    },
    {
      key: 'unfunded',
      label: t('prescribe:not_funded'),
      value: (plan) => plan.unfunded_cost,
      cell: (plan) => (plan.unfunded === 0 ? '' : <Money minor={plan.unfunded_cost} cents="never" />),
      align: 'end',
      width: 120,
    },
    {
      key: 'uncovered',
      label: t('prescribe:open_needs'),
      value: (plan) => plan.uncovered,
      cell: (plan) => (plan.uncovered === 0 ? '' : <Num value={plan.uncovered} />),
      align: 'end',
      width: 120,
    },
  ]
  const count = (which: string) => first?.by_state.find((each) => each.state === which)?.count ?? 0
  const cost = first?.by_state.reduce((sum, each) => sum + each.cost, 0)
  return (
    <>
      <PageHead
        title={t('prescribe:plans.title')}
        lead={t('prescribe:plans.lead')}
        actions={
          may_plan && (
            <Button
              variant="default"
              onClick={() => year !== undefined && void run(year)}
              disabled={job_id !== null || year === undefined}
            >
              {year === undefined ? t('prescribe:plans.choose_year') : t('prescribe:plans.run', { year })}
            </Button>
          )
        }
      />
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('prescribe:plans.running')}
          onDone={() => {
            setJob(null)
            again()
          }}
        />
      )}
      {error !== null && <ProblemView error={error} />}
      <Group mb="md">
        <NumberInput
          aria-label={t('prescribe:year')}
          placeholder={t('prescribe:year')}
          value={year ?? ''}
          onChange={(chosen) => setView({ year: isYear(chosen) ? chosen : undefined }, { replace: true })}
          min={2000}
          max={2100}
          w={110}
        />
        {(first?.years ?? []).map((each) => (
          <Button
            key={each}
            variant={each === year ? 'default' : 'subtle'}
            onClick={() => setView({ year: each === year ? undefined : each })}
          >
            {each}
          </Button>
        ))}
        <SegmentedControl
          style={{ maxWidth: '100%', overflowX: 'auto' }}
          aria-label={t('prescribe:state')}
          value={state ?? ''}
          onChange={(chosen) => setView({ state: chosen || undefined })}
          data={[
            { value: '', label: t('prescribe:all') },
            ...states.map((each) => ({ value: each, label: label('plan_state', each) })),
          ]}
        />
      </Group>
      <Stats>
        {states.map((each) => (
          <Stat
            key={each}
            label={label('plan_state', each)}
            value={first ? <Num value={count(each)} /> : <NumberWaiting />}
            {...(first ? { count: count(each) } : {})}
            href={`/plans?${year === undefined ? '' : `year=${year}&`}state=${each}`}
          />
        ))}
        <Stat
          label={t('prescribe:plans.cost')}
          value={first ? <Money minor={cost} cents="never" /> : <NumberWaiting />}
        />
      </Stats>
      <AgreeForm plans={rows} />
      <Table
        caption={t('prescribe:plans.title')}
        rows={rows}
        columns={columns}
        rowKey={(plan) => plan.plan_id}
        href={(plan) => `/plans/${plan.household_id}?year=${plan.year}`}
        {...(first ? { total: first.total } : {})}
        sort={sort ? { key: sort.replace('-', ''), down: sort.startsWith('-') } : null}
        onSort={({ key, down }) => setView({ sort: `${down ? '-' : ''}${key}` }, { replace: true })}
        loading={plans.isPending}
        error={plans.error}
        onRetry={() => void plans.refetch()}
        onEnd={() => {
          if (plans.hasNextPage && !plans.isFetchingNextPage) void plans.fetchNextPage()
        }}
        empty={{ title: t('prescribe:plans.none'), text: t('prescribe:plans.none_text') }}
      />
    </>
  )
}
