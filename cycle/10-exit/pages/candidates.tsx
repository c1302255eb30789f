import { Button, Group, NumberInput, Select } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State, stateOf } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useMay, useNamed, useView } from '#web/client.ts'

const outcomes = ['all_met', 'not_met', 'unknown'] as const
const view = z.object({
  year: z.coerce.number().int().min(2000).max(2100).optional(),
  criterion: z.string().optional(),
  outcome: z.enum(outcomes).optional(),
})

interface Wanted {
  area_code: string
  year: number
  criterion: string | undefined
  outcome: (typeof outcomes)[number] | undefined
}

const load = ({ area_code, year, criterion, outcome }: Wanted, after: string) =>
  call(
    api.api.exit.candidates.$get({
      query: {
        area_code,
        year: String(year),
        limit: '100',
        ...(criterion ? { criterion } : {}),
        ...(outcome ? { outcome } : {}),
        ...(after ? { after } : {}),
      },
    }),
  )
type Candidate = Awaited<ReturnType<typeof load>>['items'][number]

/** What the yearly check's job answers with (../run.ts). */
const checkResult = z.object({
  checked: z.number(),
  all_met: z.number(),
  not_met: z.number(),
  unknown: z.number(),
  opened: z.number(),
  by_criterion: z.record(z.string(), z.object({ unmet: z.number(), unknown: z.number() })),
})
type CheckResult = z.infer<typeof checkResult>
type Shown = z.infer<typeof view>

/** Every registered household with what keeps it on the list; the yearly check opens cases for those without anything. */
export default function CandidatesPage() {
  const t = useWords()
  const named = useNamed()
  const { code } = useArea()
  const this_year = Number(useReader().today.slice(0, 4))
  const [{ year = this_year, criterion, outcome }, setView] = useView(view)
  const queries = useQueryClient()
  const may_check = useMay('exit.check')
  const [job_id, setJob] = useState<string | null>(null)
  const [result, setResult] = useState<CheckResult | null>(null)
  const [error, setError] = useState<unknown>(null)
  const wanted = { area_code: code, year, criterion, outcome }
  const found = useInfiniteQuery({
    queryKey: ['exit', 'candidates', wanted],
    queryFn: ({ pageParam }) => load(wanted, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const rows = found.data?.pages.flatMap((page) => page.items) ?? []
  const labels = new Map(rows.flatMap((row) => all(row).map((each) => [each.code, named(each.label)])))
  const columns = useCandidateColumns()
  const check = () =>
    call(api.api.exit.check.$post({ json: { area_code: code, year } })).then((job) => setJob(job.job_id), setError)
  return (
    <>
      <PageHead
        title={t('exit:candidates.title')}
        lead={t('exit:candidates.lead', { year })}
        actions={
          may_check && (
            <Button color="seal" onClick={() => void check()} disabled={job_id !== null || code === ''}>
              {t('exit:candidates.check', { year })}
            </Button>
          )
        }
      />
      {error !== null && <ProblemView error={error} />}
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('exit:candidates.checking')}
          onDone={(done) => {
            setResult(checkResult.parse(done))
            setJob(null)
            void queries.invalidateQueries({ queryKey: ['exit'] })
          }}
        />
      )}
      {result && <Result result={result} labels={labels} onCriterion={(chosen) => setView({ criterion: chosen })} />}
      <Filters
        shown={{ year, criterion, outcome }}
        labels={labels}
        registered={found.data?.pages[0]?.registered ?? null}
        onChange={setView}
      />
      <Table
        caption={t('exit:candidates.title')}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.household_id}
        href={(row) => `/exits/${row.household_id}?year=${year}`}
        loading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        onEnd={() => void (found.hasNextPage && !found.isFetchingNextPage && found.fetchNextPage())}
        empty={{ title: t('exit:candidates.none') }}
      />
    </>
  )
}

function Filters(props: {
  shown: Shown
  labels: ReadonlyMap<string, string>
  registered: number | null
  onChange: (change: Partial<Shown>, how?: { replace: boolean }) => void
}) {
  const t = useWords()
  const { shown, labels } = props
  return (
    <Group mb="md" align="end">
      <NumberInput
        label={t('exit:year')}
        value={shown.year}
        onChange={(value) => props.onChange({ year: Number(value) || undefined }, { replace: true })}
        min={2000}
        max={2100}
        w={110}
      />
      <Select
        label={t('exit:outcome')}
        data={outcomes.map((value) => ({ value, label: t(`exit:outcomes.${value}`) }))}
        value={shown.outcome ?? null}
        placeholder={t('exit:all')}
        onChange={(value) => props.onChange({ outcome: value ?? undefined })}
        clearable
      />
      <Select
        label={t('exit:keeps')}
        data={[...labels].map(([value, label]) => ({ value, label }))}
        value={shown.criterion ?? null}
        placeholder={t('exit:all')}
        w={280}
        onChange={(value) => props.onChange({ criterion: value ?? undefined })}
        clearable
      />
      <span>
        {t('exit:registered')} <Num value={props.registered} />
      </span>
    </Group>
  )
}

function useCandidateColumns(): Column<Candidate>[] {
  const t = useWords()
  const named = useNamed()
  return [
    { key: 'head_name', label: t('exit:household'), value: (row) => row.head_name, primary: true, width: 180 },
    { key: 'household_id', label: t('exit:number'), value: (row) => row.household_id, width: 150 },
    {
      key: 'outcome',
      label: t('exit:outcome'),
      value: (row) => outcomes.indexOf(row.outcome),
      cell: (row) => (
        <State
          state={row.outcome === 'all_met' ? 'met' : row.outcome === 'not_met' ? 'unmet' : 'unknown'}
          word={t(`exit:outcomes.${row.outcome}`)}
        />
      ),
      width: 170,
    },
    {
      key: 'lacks',
      label: t('exit:keeps'),
      cell: (row) => (
        <span>
          {keeping(row).map((each) => (
            <span key={each.code} style={{ marginRight: 12 }}>
              <State
                state={stateOf(each.good)}
                word={
                  each.stop
                    ? named(each.label)
                    : t(each.good === null ? 'pack.not_known' : 'pack.not_met', {
                        what: named(each.label),
                      })
                }
              />
            </span>
          ))}
        </span>
      ),
    },
  ]
}

/** What the yearly check found: in a sentence, and by criterion how many households it keeps on the list. */
function Result(props: {
  result: CheckResult
  labels: ReadonlyMap<string, string>
  onCriterion: (code: string) => void
}) {
  const t = useWords()
  const { result, labels } = props
  return (
    <Section title={t('exit:candidates.result')}>
      <p>
        {t('exit:candidates.told', {
          checked: result.checked,
          opened: result.opened,
          not_met: result.not_met,
          unknown: result.unknown,
        })}
      </p>
      <Table
        caption={t('exit:candidates.result')}
        rows={Object.entries(result.by_criterion).map(([key, counts]) => ({ key, ...counts }))}
        rowKey={(row) => row.key}
        onOpen={(row) => props.onCriterion(row.key)}
        columns={[
          { key: 'key', label: t('exit:criterion'), value: (row) => labels.get(row.key) ?? row.key, primary: true },
          { key: 'unmet', label: t('exit:unmet'), value: (row) => row.unmet, align: 'end' },
          { key: 'unknown', label: t('exit:unknown'), value: (row) => row.unknown, align: 'end' },
        ]}
      />
    </Section>
  )
}

const all = (row: Candidate) => [...row.checks.criteria, ...row.checks.support, ...row.checks.stops]

/** What keeps a household on the list, or may: a stop that holds is told as bad. */
function keeping(row: Candidate) {
  const good = [...row.checks.criteria, ...row.checks.support].map((each) => ({
    ...each,
    good: each.state,
    stop: false,
  }))
  const bad = row.checks.stops.map((each) => ({ ...each, good: each.state === null ? null : !each.state, stop: true }))
  return [...good, ...bad].filter((each) => each.good !== true)
}
