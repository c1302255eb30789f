import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { Icon } from '#ui/icons.tsx'
import { PageHead } from '#ui/page.tsx'
import { Table } from '#ui/table/table.tsx'
import type { Column, Sort } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useNamed, usePackWords, useView } from '#web/client.ts'
import { list_stages, statuses } from '../see.ts'
import '../see.css'

const sorts = ['income', '-income', 'score', '-score', 'size', '-size'] as const

const verdicts = ['eligible', 'not_eligible', 'needs_verification'] as const

const view = z.object({
  q: z.string().max(200).optional(),
  status: z.enum(statuses).optional(),
  reached: z.enum(list_stages).optional(),
  verdict: z.enum(verdicts).optional(),
  cause: z.string().max(40).optional(),
  sure: z.enum(['no']).optional(),
  unmet: z.string().max(60).optional(),
  alerts: z.enum(['open']).optional(),
  sort: z.enum(sorts).optional(),
})
type View = z.infer<typeof view>

const load = (area_code: string, { q, ...filter }: View, after: string, signal: AbortSignal) =>
  call(
    api.api.see.households.$get(
      {
        query: {
          area_code,
          limit: '200',
          ...Object.fromEntries(
            Object.entries({ ...filter, search: q, after: after ?? undefined }).filter(([, v]) => v),
          ),
        },
      },
      { init: { signal } },
    ),
  )
type Line = Awaited<ReturnType<typeof load>>['items'][number]

/** Every filter taken off; the order stays. */
const NO_FILTER = {
  q: undefined,
  status: undefined,
  reached: undefined,
  verdict: undefined,
  cause: undefined,
  sure: undefined,
  unmet: undefined,
  alerts: undefined,
}

/** Every household of an area: searched, filtered, sorted; all of it in the address. */
export default function HouseholdsPage() {
  const { words: t, locale } = useReader()
  const named = useNamed()
  const label = usePackWords()
  const { code, found } = useArea()
  const [filter, setView] = useView(view)
  const list = useInfiniteQuery({
    queryKey: ['see', 'households', code, filter],
    queryFn: ({ pageParam, signal }) => load(code, filter, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const total = list.data?.pages[0]?.total
  const filtered = Object.entries(filter).some(([key, value]) => key !== 'sort' && value)
  const place = found ? named(found.area.name) : ''
  return (
    <>
      <PageHead
        title={t('see:households.title')}
        lead={
          total === undefined
            ? place
            : t('see:households.lead', { n: new Intl.NumberFormat(locale).format(total), place })
        }
      />
      <Filters key={code} filter={filter} onChange={setView} />
      <Table
        caption={t('see:households.title')}
        rows={rows}
        columns={columnsOf(t, named, label)}
        rowKey={(row) => row.household_id}
        href={(row) => `/households/${row.household_id}`}
        sort={sortOf(filter.sort)}
        onSort={(sort) => setView({ sort: keyOf(sort) }, { replace: true })}
        {...(total === undefined ? {} : { total })}
        loading={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        onEnd={() => {
          if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
        }}
        height={640}
        empty={{
          title: t('see:households.none'),
          text: t(filtered ? 'see:households.none_filtered' : 'see:households.none_text'),
          ...(filtered ? { action: <Clear onClear={() => setView(NO_FILTER)} /> } : {}),
        }}
      />
    </>
  )
}

function Clear({ onClear }: { onClear: () => void }) {
  const { words: t } = useReader()
  return (
    <Button variant="default" onClick={onClear}>
      {t('see:households.clear')}
    </Button>
  )
}

/** What the list is searched and filtered by; all of it stands in the address. */
function Filters(props: { filter: View; onChange: (change: Partial<View>, how?: { replace: boolean }) => void }) {
  const { words: t } = useReader()
  const label = usePackWords()
  const { filter, onChange } = props
  const pack = useQuery({
    queryKey: ['pack', 'filters'],
    queryFn: () => call(api.api.pack.$get()),
    staleTime: Infinity,
  })
  const codes = (group: string) =>
    Object.keys(pack.data?.words[group] ?? {}).map((value) => ({ value, label: label(group, value) }))
  const choose = (key: keyof View) => (value: string | null) => onChange({ [key]: value ?? undefined })
  return (
    <form
      className="see-filters d-screen"
      role="search"
      aria-label={t('see:households.search')}
      onSubmit={(event) => event.preventDefault()}
    >
      <SearchText q={filter.q} search={(q) => onChange({ q }, { replace: true })} />
      <Select
        label={t('see:households.status')}
        placeholder={t('see:households.any')}
        clearable
        data={statuses.map((value) => ({ value, label: t(`see:status.${value}`) }))}
        value={filter.status ?? null}
        onChange={choose('status')}
      />
      <Select
        label={t('see:households.reached')}
        placeholder={t('see:households.any')}
        clearable
        data={list_stages.slice(1).map((value) => ({ value, label: t(`see:stage.${value}`) }))}
        value={filter.reached ?? null}
        onChange={choose('reached')}
      />
      <Select
        label={t('see:households.verdict')}
        placeholder={t('see:households.any')}
        clearable
        data={verdicts.map((value) => ({ value, label: label('verdict', value) }))}
        value={filter.verdict ?? null}
        onChange={choose('verdict')}
      />
      <Select
        label={t('see:households.cause')}
        placeholder={t('see:households.any')}
        clearable
        searchable
        data={codes('cause')}
        value={filter.cause ?? null}
        onChange={choose('cause')}
      />
      <Select
        label={t('see:households.unmet')}
        placeholder={t('see:households.any')}
        clearable
        data={codes('indicator')}
        value={filter.unmet ?? null}
        onChange={choose('unmet')}
      />
      <Button
        variant={filter.alerts ? 'filled' : 'default'}
        aria-pressed={filter.alerts === 'open'}
        onClick={() => onChange({ alerts: filter.alerts ? undefined : 'open' })}
      >
        {t('see:households.alerts')}
      </Button>
      <Button
        variant={filter.sure ? 'filled' : 'default'}
        aria-pressed={filter.sure === 'no'}
        onClick={() => onChange({ sure: filter.sure ? undefined : 'no' })}
      >
        {t('see:households.unsure')}
      </Button>
    </form>
  )
}

/** What is typed is looked for after a pause, not at each key; a question that is overtaken is called off. */
function SearchText(props: { q: string | undefined; search: (q: string | undefined) => void }) {
  const t = useWords()
  const [typed, setTyped] = useState(props.q ?? '')
  const [asked, setAsked] = useState(props.q)
  const later = useDebouncedCallback((text: string) => {
    const q = text.trim() || undefined
    setAsked(q)
    props.search(q)
  }, 300)
  // Another search in the address (the field on top, "clear") is shown here; what is being typed is not lost to its own.
  if (props.q !== asked) {
    setAsked(props.q)
    setTyped(props.q ?? '')
  }
  return (
    <TextInput
      label={t('see:households.search')}
      placeholder={t('see:households.search_hint')}
      leftSection={<Icon name="search" size={16} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        later(event.currentTarget.value)
      }}
    />
  )
}

const sortOf = (key: View['sort']): Sort | null =>
  key ? { key: key.replace('-', ''), down: key.startsWith('-') } : null
const keyOf = (sort: Sort) => `${sort.down ? '-' : ''}${sort.key}`

function columnsOf(
  t: ReturnType<typeof useReader>['words'],
  named: ReturnType<typeof useNamed>,
  label: ReturnType<typeof usePackWords>,
): Column<Line>[] {
  return [
    {
      key: 'head',
      width: 96,
      label: t('see:households.head'),
      cell: (row) => row.head_name,
      primary: true,
      sortable: false,
    },
    {
      key: 'village',
      width: 152,
      label: t('see:households.village'),
      cell: (row) => named(row.village),
      sortable: false,
    },
    {
      key: 'status',
      width: 128,
      label: t('see:households.status'),
      cell: (row) => t(`see:status.${row.status}`),
      sortable: false,
    },
    {
      key: 'income',
      label: t('see:households.income'),
      align: 'end',
      width: 112,
      value: (row) => row.net_income_per_capita,
      cell: (row) => <Money minor={row.net_income_per_capita} cents="never" />,
    },
    {
      key: 'size',
      label: t('see:households.size'),
      align: 'end',
      width: 84,
      value: (row) => row.household_size,
      cell: (row) => <Num value={row.household_size} />,
    },
    {
      key: 'unmet',
      label: t('see:households.unmet'),
      cell: (row) => (row.unmet.length ? row.unmet.map((code) => label('indicator', code)).join(', ') : '—'),
      sortable: false,
    },
    {
      key: 'cause',
      width: 144,
      label: t('see:households.cause'),
      cell: (row) => (row.main_cause ? label('cause', row.main_cause) : '—'),
      sortable: false,
      desk_only: true,
    },
    {
      key: 'score',
      label: t('see:households.score'),
      align: 'end',
      width: 72,
      value: (row) => row.score,
      cell: (row) => (row.score ? <Num value={row.score} digits={0} /> : '—'),
      desk_only: true,
    },
    {
      key: 'id',
      label: t('see:households.id'),
      width: 148,
      cell: (row) => <span className="d-num">{row.household_id}</span>,
      sortable: false,
    },
  ]
}
