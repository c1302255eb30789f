import { Group, SegmentedControl, Switch } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { formatNumber } from '#ui/format.ts'
import { PageHead } from '#ui/page.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useNamed, useView } from '#web/client.ts'

const states = ['kept', 'accepted', 'superseded', 'rejected'] as const
const view = z.object({ state: z.enum(states).optional(), doubtful: z.coerce.boolean().optional() })

export default function SubmissionsPage() {
  const t = useWords()
  const { code } = useArea()
  const named = useNamed()
  const { locale } = useReader()
  const [{ state, doubtful }, setView] = useView(view)
  const pages = useInfiniteQuery({
    queryKey: ['survey', 'submissions', code, state, doubtful],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      call(
        api.api.survey.submissions.$get({
          query: {
            area_code: code,
            ...(state ? { state } : {}),
            ...(doubtful ? { with_problems: 'true' as const } : {}),
            ...(pageParam ? { after: pageParam } : {}),
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
  })
  const counts = pages.data?.pages[0]?.counts
  const kept = counts && (counts['accepted'] ?? 0) + (counts['superseded'] ?? 0)
  const of = (each: string) => (each === 'kept' ? kept : counts && (counts[each] ?? 0))
  const total = state === undefined ? counts && Object.values(counts).reduce((sum, count) => sum + count, 0) : of(state)
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0)
  // A count that is not there yet is not a nought.
  const counted = (count: number | undefined) => (count === undefined ? '' : ` ${formatNumber(count, locale)}`)
  return (
    <>
      <PageHead title={t('survey:submissions.title')} lead={t('survey:submissions.lead')} />
      <Group gap="md" mb="md">
        <SegmentedControl
          aria-label={t('survey:submissions.state')}
          value={state ?? ''}
          onChange={(value) => setView({ state: states.find((each) => each === value) })}
          data={[
            { value: '', label: `${t('survey:submissions.all')}${counted(all)}` },
            ...states.map((each) => ({
              value: each,
              label: `${t(`survey:state.${each}`)}${counted(of(each))}`,
            })),
          ]}
        />
        <Switch
          label={t('survey:submissions.doubtful')}
          checked={doubtful ?? false}
          onChange={(event) => setView({ doubtful: event.currentTarget.checked || undefined })}
        />
      </Group>
      <Table
        caption={t('survey:submissions.title')}
        rows={pages.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => row.instance_id}
        href={(row) => `/survey/submissions/${encodeURIComponent(row.instance_id)}`}
        {...(total === undefined || doubtful ? {} : { total })}
        loading={pages.isPending}
        error={pages.error ?? undefined}
        onRetry={() => void pages.refetch()}
        onEnd={() => pages.hasNextPage && !pages.isFetchingNextPage && void pages.fetchNextPage()}
        onSort={() => {}}
        empty={{ title: t('survey:submissions.none'), text: t('survey:submissions.none_text') }}
        columns={[
          {
            key: 'head',
            label: t('survey:head'),
            value: (row) => row.head_name ?? row.instance_id,
            primary: true,
            sortable: false,
          },
          {
            key: 'members',
            label: t('survey:members'),
            value: (row) => row.members,
            align: 'end',
            width: 90,
            sortable: false,
          },
          {
            key: 'area',
            label: t('survey:group'),
            value: (row) => (row.area_name ? named(row.area_name) : row.area_code),
            width: 190,
            sortable: false,
            desk_only: true,
          },
          { key: 'surveyor', label: t('survey:surveyor'), value: (row) => row.surveyor_name, sortable: false },
          {
            key: 'on',
            label: t('survey:surveyed_on'),
            cell: (row) => <DateText value={row.surveyed_on} />,
            width: 150,
            sortable: false,
          },
          {
            key: 'problems',
            label: t('survey:doubts'),
            cell: (row) => (row.problems > 0 ? <Tag tone="unknown">{String(row.problems)}</Tag> : ''),
            align: 'end',
            width: 120,
            sortable: false,
          },
          {
            key: 'state',
            label: t('survey:submissions.state'),
            cell: (row) => <Tag>{t(`survey:state.${row.state}`)}</Tag>,
            width: 120,
            sortable: false,
          },
        ]}
      />
    </>
  )
}
