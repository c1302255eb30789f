import { Button, Textarea } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { Dialog } from '#ui/decide/dialog.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useMay, useView } from '#web/client.ts'
import './match.css'

const states = ['accepted', 'rejected', 'unsure'] as const
const view = z.object({ state: z.enum(states).default('accepted') })

type State = (typeof states)[number]
const load = (area_code: string, state: State, after: string) =>
  call(api.api.match.reviews.$get({ query: { area_code, state, limit: '100', ...(after ? { after } : {}) } }))
type Review = Awaited<ReturnType<typeof load>>['items'][number]

/** What was decided so far, by its outcome; any decision can be taken back with a reason. */
export default function DecidedPage() {
  const t = useWords()
  const { code } = useArea()
  const [{ state }] = useView(view)
  const may_review = useMay('match.review')
  const [item, setItem] = useState<Review | null>(null)
  const [waiting, setWaiting] = useState<string | null>(null)
  const found = useInfiniteQuery({
    queryKey: ['match', 'decided', code, state],
    queryFn: ({ pageParam }) => load(code, state, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const counts = found.data?.pages[0]?.counts
  return (
    <>
      <PageHead title={t('match:decided.title')} lead={t('match:decided.lead')} />
      <Stats>
        {states.map((each) => (
          <Stat
            key={each}
            label={t(`match:decided.${each}`)}
            value={<Num value={counts ? (counts[each] ?? 0) : null} digits={0} />}
            href={`/match/decided?area=${code}&state=${each}`}
            tone={each === state ? 'seal' : 'plain'}
          />
        ))}
      </Stats>
      <p role="status" className="m-said">
        {waiting !== null && t('match:decided.awaiting', { heads: waiting })}
      </p>
      <Table
        caption={t(`match:decided.${state}`)}
        rows={found.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => row.review_id}
        loading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        onEnd={() => {
          if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage()
        }}
        empty={{ title: t('match:decided.none') }}
        columns={[
          {
            key: 'heads',
            label: t('match:decided.households'),
            value: (row) => heads(row),
            cell: (row) => (
              <>
                <TextLink href={`/match/households/${row.right_household_id}`}>{heads(row)}</TextLink>{' '}
                {row.undo_asked && <Tag tone="seal">{t('match:decided.undo_asked')}</Tag>}
              </>
            ),
            primary: true,
          },
          { key: 'kind', label: t('match:decided.question'), value: (row) => t(`match:kind.${row.kind}`) },
          {
            key: 'decided_at',
            label: t('match:decided.at'),
            value: (row) => row.decided_at,
            cell: (row) => <DateText value={row.decided_at} />,
            width: 150,
          },
          { key: 'note', label: t('match:decided.note'), value: (row) => row.note },
          ...(may_review && state !== 'unsure'
            ? [
                {
                  key: 'act',
                  label: t('match:decided.take_back'),
                  sortable: false,
                  width: 150,
                  cell: (row: Review) => (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`${t('match:decided.take_back')}: ${heads(row)}`}
                      onClick={() => setItem(row)}
                    >
                      {t(row.undo_asked ? 'match:decided.agree' : 'match:decided.take_back')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {item && (
        <TakeBack
          item={item}
          onClose={() => setItem(null)}
          onDone={(awaiting) => {
            setItem(null)
            setWaiting(awaiting ? heads(item) : null)
          }}
        />
      )}
    </>
  )
}

const heads = (row: Review) =>
  [row.left_head_name, row.right_head_name ?? row.right_household_id].filter(Boolean).join(' / ')

function TakeBack(props: { item: Review; onClose: () => void; onDone: (awaiting: boolean) => void }) {
  const t = useWords()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const { item } = props
  const draft = useDraft('match.take_back', item.review_id, '')
  const send = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const json = { decision: 'open' as const, note: draft.value.trim() }
      const done = await call(api.api.match.reviews[':review_id'].$post({ param: { review_id: item.review_id }, json }))
      draft.clear()
      await queries.invalidateQueries({ queryKey: ['match'] })
      props.onDone(done.awaiting && done.state === item.state)
    } catch (error) {
      setFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={props.onClose} title={`${t('match:decided.take_back')}${t('match:weighing.is')}${heads(item)}`}>
      <p>{t('match:decided.take_back_text')}</p>
      <Textarea
        label={t('match:household.reason')}
        value={draft.value}
        data-autofocus
        autosize
        minRows={2}
        onChange={(event) => draft.set(event.currentTarget.value)}
      />
      {failure !== null && <ProblemView error={failure} />}
      <Button color="seal" mt="md" loading={busy} disabled={draft.value.trim() === ''} onClick={() => void send()}>
        {t('match:decided.take_back')}
      </Button>
    </Dialog>
  )
}
