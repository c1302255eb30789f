import { Button, Group, Textarea } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, ProblemError, useArea, useNamed, useView } from '#web/client.ts'
import { z } from 'zod'
import { MendAnswers, MendRows, MendText, type Mending } from './quarantine-mend.tsx'

/** `import`: only what one import left behind. */
const view = z.object({ item: z.string().optional(), import: z.string().optional() })

const load = (area_code: string, batch_id: string | undefined, after: string | undefined) =>
  call(
    api.api.survey.quarantine.$get({
      query: { area_code, ...(batch_id ? { batch_id } : {}), ...(after ? { after } : {}) },
    }),
  )

export default function QuarantinePage() {
  const t = useWords()
  const named = useNamed()
  const { code } = useArea()
  const [{ item, import: batch_id }, setView] = useView(view)
  const list = useInfiniteQuery({
    queryKey: ['survey', 'quarantine', code, batch_id],
    queryFn: ({ pageParam }) => load(code, batch_id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const left = list.data?.pages.at(-1)?.left
  return (
    <>
      <PageHead
        title={t('survey:quarantine.title')}
        lead={left !== undefined && t('survey:quarantine.lead', { n: left })}
      />
      {batch_id !== undefined && (
        <p>
          {t('survey:quarantine.of_import')}{' '}
          <TextLink href="/survey/quarantine">{t('survey:quarantine.of_all')}</TextLink>
        </p>
      )}
      <Table
        caption={t('survey:quarantine.title')}
        rows={list.data?.pages.flatMap((page) => page.items)}
        {...(left === undefined ? {} : { total: left })}
        onEnd={() => {
          if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
        }}
        rowKey={(row) => row.quarantine_id}
        onOpen={(row) => setView({ item: row.quarantine_id })}
        selected={item ?? null}
        loading={list.isPending}
        error={list.error ?? undefined}
        onRetry={() => void list.refetch()}
        empty={{ title: t('survey:quarantine.none'), text: t('survey:quarantine.none_text') }}
        height={360}
        columns={[
          {
            key: 'code',
            label: t('survey:what'),
            value: (row) => named(row.title),
            primary: true,
          },
          { key: 'message', label: t('survey:quarantine.message'), value: (row) => told(t, row.problem) },
          {
            key: 'source',
            label: t('survey:quarantine.source'),
            value: (row) => t(`survey:source.${row.source.split(' ')[0]}`),
            width: 120,
          },
          {
            key: 'at',
            label: t('survey:received'),
            value: (row) => row.received_at,
            cell: (row) => <DateText value={row.received_at} style="time" />,
            width: 200,
          },
        ]}
      />
      {item && <Item key={item} quarantine_id={item} onDone={() => setView({ item: undefined })} />}
    </>
  )
}

interface Cell {
  row: number
  column: string
  got: string
  expects: string
}

/** Rows of a list say their row, column and what should stand there; everything else says what the reception said. */
function told(
  t: (key: string, gaps?: Record<string, string | number>) => string,
  problem: { message: string },
): string {
  const { cells } = problem as { cells?: unknown }
  if (typeof cells !== 'string') return problem.message
  return (JSON.parse(cells) as Cell[])
    .map(({ row, column, got, expects }) =>
      t('survey:quarantine.cell', { row, column, got: got || '—', expects: t(`survey:expects.${expects}`) }),
    )
    .join(' ')
}

const blank = { mending: {} as Mending, note: '' }

function Item(props: { quarantine_id: string; onDone: () => void }) {
  const t = useWords()
  const named = useNamed()
  const queries = useQueryClient()
  const { quarantine_id } = props
  const draft = useDraft('survey.mend', quarantine_id, blank)
  const { mending, note } = draft.value
  const mend = (now: Mending) => draft.change({ mending: now })
  const [failure, setFailure] = useState<unknown>(null)
  const found = useQuery({
    queryKey: ['survey', 'quarantine', 'item', quarantine_id],
    queryFn: () => call(api.api.survey.quarantine[':quarantine_id'].$get({ param: { quarantine_id } })),
  })
  if (found.error) return <ProblemView error={found.error} />
  if (!found.data) return <Waiting lines={4} />
  const item = found.data
  const { problem, title, action } = item
  const mended = Object.values(mending).some((each) => each !== undefined && Object.keys(each).length > 0)
  const resolve = async (resolution: 'retry' | 'correct' | 'reject') => {
    try {
      setFailure(null)
      await call(
        api.api.survey.quarantine[':quarantine_id'].resolve.$post({
          param: { quarantine_id },
          json: { resolution, note, ...(resolution === 'correct' ? mending : {}) },
        }),
      )
      draft.clear()
      await queries.invalidateQueries({ queryKey: ['survey'] })
      props.onDone()
    } catch (error) {
      setFailure(error)
    }
  }
  const address = `/api/survey/quarantine/${encodeURIComponent(quarantine_id)}/bytes`
  return (
    <Section title={named(title)}>
      <p>{told(t, problem)}</p>
      <p className="d-says">{named(action)}</p>
      <p>
        <a className="d-link" href={address} download>
          {t('survey:quarantine.download')}
        </a>{' '}
        <span className="d-says">{t('survey:photo.recorded')}</span>
      </p>
      {item.mended.map((each) => (
        <p key={each}>{t(`survey:quarantine.read_with.${each}`)}</p>
      ))}
      {item.rows.length > 0 ? (
        <MendRows item={item} cells={mending.cells ?? []} onChange={(cells) => mend({ cells })} />
      ) : item.answers ? (
        <MendAnswers item={item} written={mending.written ?? {}} onChange={(written) => mend({ written })} />
      ) : (
        <MendText address={address} xml={mending.xml ?? null} onChange={(xml) => mend({ xml })} />
      )}
      <Textarea
        maw={560}
        mt="md"
        label={t('survey:quarantine.note')}
        value={note}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
      {failure !== null && <ProblemView error={failure} />}
      {failure instanceof ProblemError &&
        failure.errors.map((each, index) => (
          <p key={index}>
            {each.row ? `${t('survey:imports.row')} ${each.row}, ` : ''}
            {each.path}: {each.message}
          </p>
        ))}
      <Group mt="md">
        <Button color="seal" disabled={!mended && item.mended.length === 0} onClick={() => void resolve('correct')}>
          {t('survey:quarantine.correct')}
        </Button>
        <Button variant="default" onClick={() => void resolve('retry')}>
          {t('survey:quarantine.retry')}
        </Button>
        <Button variant="default" disabled={note.trim() === ''} onClick={() => void resolve('reject')}>
          {t('survey:quarantine.reject')}
        </Button>
      </Group>
    </Section>
  )
}
