import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { z } from 'zod'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import type { Column } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useReader } from '#ui/words.tsx'
import { api, call, useArea, useMay, useNamed, useSession, useView } from '#web/client.ts'
import '../see.css'

const view = z.object({ household_id: z.string().max(40).optional(), act: z.string().max(60).optional() })
type Filter = z.infer<typeof view>

const load = (county_code: string, filter: Filter, before: string) =>
  call(
    api.api.audit.$get({
      query: {
        county_code,
        limit: '200',
        ...(filter.household_id ? { household_id: filter.household_id } : {}),
        ...(filter.act ? { action: filter.act } : {}),
        ...(before ? { before } : {}),
      },
    }),
  )
type Event = Awaited<ReturnType<typeof load>>['events'][number]

/** Who did what and when, and whether anything in the record was altered. */
export default function AuditPage() {
  const { words: t } = useReader()
  const { demo } = useSession()
  const lead = demo ? `${t('see:audit.lead')} ${t('see:audit.lead_demo')}` : t('see:audit.lead')
  const { code, found, error } = useArea()
  const [filter, setView] = useView(view)
  const county_code = found?.area.county_code ?? ''
  const columns = useEventColumns()
  const events = useInfiniteQuery({
    queryKey: ['audit', county_code, filter],
    queryFn: ({ pageParam }) => load(county_code, filter, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => (page.events.length === 200 ? page.events.at(-1)?.sequence.toString() : undefined),
    enabled: county_code !== '',
  })
  // Which county it is, is known once the area has been read.
  if (code !== '' && !found) {
    return (
      <>
        <PageHead title={t('see:audit.title')} lead={lead} />
        {error ? <ProblemView error={error} /> : <Waiting />}
      </>
    )
  }
  if (!county_code) {
    return (
      <>
        <PageHead title={t('see:audit.title')} lead={lead} />
        <Empty title={t('see:audit.no_county')} />
      </>
    )
  }
  return (
    <>
      <PageHead title={t('see:audit.title')} lead={lead} />
      <Verify county_code={county_code} />
      <Section
        title={t('see:audit.events')}
        aside={
          filter.household_id || filter.act ? (
            <Button variant="default" onClick={() => setView({ household_id: undefined, act: undefined })}>
              {t('see:households.clear')}
            </Button>
          ) : null
        }
      >
        <Table
          caption={t('see:audit.events')}
          rows={events.data?.pages.flatMap((page) => page.events)}
          columns={columns}
          rowKey={(row) => `${row.county_code} ${row.sequence}`}
          loading={events.isLoading}
          error={events.error}
          onRetry={() => void events.refetch()}
          onEnd={() => {
            if (events.hasNextPage && !events.isFetchingNextPage) void events.fetchNextPage()
          }}
          height={640}
          empty={{ title: t('see:audit.none') }}
        />
      </Section>
    </>
  )
}

function useEventColumns(): Column<Event>[] {
  const { words: t } = useReader()
  const named = useNamed()
  return [
    {
      key: 'recorded_at',
      label: t('see:audit.when'),
      width: 248,
      // One time, or both named: in a demonstration the day played and the day on which it was played.
      cell: (row) =>
        row.acted_at === null ? (
          <DateText value={row.recorded_at} style="time" />
        ) : (
          <>
            <DateText value={row.acted_at} style="time" />
            <div className="d-says">
              {t('see:audit.written')} <DateText value={row.recorded_at} style="time" />
            </div>
          </>
        ),
      sortable: false,
    },
    {
      key: 'who',
      label: t('see:audit.who'),
      width: 136,
      cell: (row) => named(row.account_name) || t('see:audit.system'),
      sortable: false,
    },
    { key: 'role', width: 172, label: t('see:audit.role'), cell: (row) => t(`role.${row.role}`), sortable: false },
    {
      key: 'action',
      label: t('see:audit.action'),
      cell: (row) => t(`see:act.${row.action.replace('.', '_')}`, { defaultValue: row.action }),
      primary: true,
      sortable: false,
    },
    {
      key: 'household',
      label: t('see:audit.household'),
      width: 148,
      cell: (row) =>
        row.household_id ? <TextLink href={`/households/${row.household_id}`}>{row.household_id}</TextLink> : '—',
      sortable: false,
    },
    {
      key: 'sequence',
      label: t('see:audit.sequence'),
      align: 'end',
      width: 96,
      cell: (row) => String(row.sequence),
      sortable: false,
    },
    {
      key: 'hash',
      label: t('see:audit.hash'),
      width: 120,
      cell: (row) => <code>{row.hash.slice(0, 10)}</code>,
      sortable: false,
      desk_only: true,
    },
  ]
}

function Verify(props: { county_code: string }) {
  const { words: t, locale } = useReader()
  const may = useMay('audit.verify')
  const verify = useMutation({
    mutationFn: () => call(api.api.audit.verify.$post({ query: { county_code: props.county_code } })),
  })
  if (!may) return null
  return (
    <Section title={t('see:audit.verify_title')}>
      <p>{t('see:audit.verify_text')}</p>
      <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
        {t('see:audit.verify')}
      </Button>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {verify.error && <ProblemView error={verify.error} />}
        {verify.data && (
          <>
            <State
              state={verify.data.verified ? 'met' : 'unmet'}
              word={t(verify.data.verified ? 'see:audit.whole' : 'see:audit.broken', {
                n: new Intl.NumberFormat(locale).format(verify.data.events),
                problems: verify.data.problems.length,
              })}
            />
            {verify.data.problems.length > 0 && (
              <ul>
                {verify.data.problems.slice(0, 20).map((found) => (
                  <li key={JSON.stringify(found)}>
                    <code>{JSON.stringify(found)}</code>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </Section>
  )
}
