import { useInfiniteQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { NumberWaiting } from '#ui/state/loaded.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useArea, useLanguage, usePackWords, useView } from '#web/client.ts'
import { AlertView, DaysLeft, loadAlerts, type Alert } from './alert.tsx'
import { NextStep } from './next.tsx'

const states = ['open', 'visited', 'helped', 'dismissed'] as const
const view = z.object({ state: z.enum(states).optional(), alert: z.string().optional() })

export default function AlertListPage() {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const { code } = useArea()
  const [{ state, alert: chosen }, setView] = useView(view)
  const found = useInfiniteQuery({
    queryKey: ['monitor', 'list', code, state],
    queryFn: ({ pageParam }) => loadAlerts(code, state, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const counts = found.data?.pages[0]?.counts ?? []
  const count = (of: string) => counts.filter((each) => each.state === of).reduce((sum, each) => sum + each.count, 0)
  const all = counts.reduce((sum, each) => sum + each.count, 0)
  const known = found.data !== undefined
  const alerts = found.data?.pages.flatMap((page) => page.items)
  const shown = alerts?.find((each) => each.alert_id === chosen)
  const columns: Column<Alert>[] = [
    { key: 'head_name', label: t('monitor:household'), value: (alert) => alert.head_name, primary: true },
    { key: 'label', label: t('monitor:sign'), value: (alert) => alert.label[language] ?? alert.rule_code },
    {
      key: 'severity',
      label: t('monitor:severity'),
      value: (alert) => ['high', 'medium', 'low'].indexOf(alert.severity),
      cell: (alert) => label('severity', alert.severity),
      width: 110,
    },
    {
      key: 'register_status',
      label: t('monitor:status'),
      value: (alert) => t(`monitor:status_${alert.register_status ?? 'never'}`),
      desk_only: true,
    },
    { key: 'state', label: t('monitor:state'), value: (alert) => label('alert_state', alert.state), width: 140 },
    {
      key: 'due_on',
      label: t('monitor:due'),
      value: (alert) => alert.due_on,
      cell: (alert) => (alert.state === 'open' ? <DaysLeft alert={alert} /> : <DateText value={alert.due_on} />),
      width: 150,
    },
  ]
  return (
    <>
      <PageHead title={t('monitor:list.title')} lead={t('monitor:list.lead')} />
      <Stats>
        <Stat
          label={t('monitor:all')}
          value={known ? <Num value={all} /> : <NumberWaiting />}
          {...(known ? { count: all } : {})}
          href="/alerts/list"
        />
        {states.map((each) => (
          <Stat
            key={each}
            label={label('alert_state', each)}
            value={known ? <Num value={count(each)} /> : <NumberWaiting />}
            {...(known ? { count: count(each) } : {})}
            href={`/alerts/list?state=${each}`}
            tone={each === 'open' ? 'seal' : 'plain'}
          />
        ))}
      </Stats>
      {shown && (
        <Section title={t('monitor:one')}>
          <AlertView alert={shown} />
          <NextStep key={shown.alert_id} alert={shown} />
        </Section>
      )}
      <Table
        caption={t('monitor:list.title')}
        rows={alerts}
        columns={columns}
        rowKey={(alert) => alert.alert_id}
        selected={shown?.alert_id ?? null}
        onOpen={(alert) => setView({ alert: alert.alert_id })}
        {...(known ? { total: state === undefined ? all : count(state) } : {})}
        loading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        onEnd={() => {
          if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage()
        }}
        empty={{ title: t('monitor:list.none') }}
      />
    </>
  )
}
