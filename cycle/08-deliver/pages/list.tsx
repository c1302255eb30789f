import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea, useLanguage, useMay, useView } from '#web/client.ts'
import { YearPick } from './year.tsx'

const view = z.object({ year: z.coerce.number().int().optional() })

const load = (area_code: string, year: number | undefined, after: string) =>
  call(
    api.api.deliver.deliveries.$get({
      query: {
        area_code,
        limit: '200',
        ...(year === undefined ? {} : { year: String(year) }),
        ...(after ? { after } : {}),
      },
    }),
  )
type Delivery = Awaited<ReturnType<typeof load>>['items'][number]

export default function DeliveriesPage() {
  const t = useWords()
  const language = useLanguage()
  const { code } = useArea()
  const [{ year }, setView] = useView(view)
  const [chosen, choose] = useState<Delivery | null>(null)
  const queries = useQueryClient()
  const may_record = useMay('deliver.record')
  const found = useInfiniteQuery({
    queryKey: ['deliver', 'list', code, year],
    queryFn: ({ pageParam }) => load(code, year, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const columns: Column<Delivery>[] = [
    {
      key: 'delivered_on',
      label: t('deliver:day'),
      value: (row) => row.delivered_on,
      cell: (row) => <DateText value={row.delivered_on} />,
      width: 120,
    },
    { key: 'head_name', label: t('deliver:household'), value: (row) => row.head_name, primary: true },
    { key: 'label', label: t('deliver:measure'), value: (row) => row.label[language] ?? row.measure_code },
    {
      key: 'quantity',
      label: t('deliver:quantity'),
      value: (row) => row.quantity,
      cell: (row) => (
        <>
          <Num value={row.quantity} /> {row.unit}
        </>
      ),
      align: 'end',
      width: 110,
    },
    {
      key: 'cost',
      label: t('deliver:cost'),
      value: (row) => row.cost,
      cell: (row) => <Money minor={row.cost} cents="never" />,
      align: 'end',
      width: 120,
    },
    { key: 'provider', label: t('deliver:provider'), value: (row) => row.provider, desk_only: true },
    {
      key: 'state',
      label: t('deliver:state'),
      value: (row) => Number(row.head_signed),
      cell: (row) => <DeliveryState row={row} />,
      width: 170,
    },
  ]
  const again = () => {
    choose(null)
    void queries.invalidateQueries({ queryKey: ['deliver'] })
  }
  return (
    <>
      <PageHead title={t('deliver:list.title')} lead={t('deliver:list.lead')} />
      <YearPick year={year} onChange={(picked) => setView({ year: picked }, { replace: true })} />
      {chosen && may_record && (
        <Undo key={chosen.delivery_id} row={chosen} onDone={again} onLeave={() => choose(null)} />
      )}
      <Table
        caption={t('deliver:list.title')}
        rows={found.data?.pages.flatMap((page) => page.items)}
        columns={columns}
        rowKey={(row) => row.delivery_id}
        selected={chosen?.delivery_id ?? null}
        onOpen={may_record ? choose : undefined}
        {...(found.data?.pages[0] ? { total: found.data.pages[0].total } : {})}
        loading={found.isPending}
        error={found.error}
        onRetry={() => void found.refetch()}
        onEnd={() => {
          if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage()
        }}
        empty={{ title: t('deliver:list.none') }}
      />
    </>
  )
}

function DeliveryState({ row }: { row: Delivery }) {
  const t = useWords()
  if (row.reverses !== null) return <Tag>{t('deliver:reversal')}</Tag>
  if (row.reversed) return <Tag tone="unknown">{t('deliver:reversed')}</Tag>
  if (row.item_id === null) return <Tag tone="unknown">{t('deliver:outside')}</Tag>
  return (
    <State
      state={row.head_signed ? 'met' : 'unmet'}
      word={row.head_signed ? t('deliver:is_signed') : t('deliver:not_signed')}
    />
  )
}

/** A mistake is undone by an entry of its own. */
function Undo(props: { row: Delivery; onDone: () => void; onLeave: () => void }) {
  const t = useWords()
  const { row } = props
  const { value: reason, set: setReason, clear } = useDraft('deliver.undo', row.delivery_id, '')
  const [error, setError] = useState<unknown>(null)
  if (row.reverses !== null || row.reversed) return null
  const undo = () =>
    call(
      api.api.deliver.deliveries[':delivery_id'].reverse.$post({
        param: { delivery_id: row.delivery_id },
        json: { reason },
      }),
    ).then(() => {
      clear()
      props.onDone()
    }, setError)
  return (
    <Section title={t('deliver:undo.title', { name: row.head_name })}>
      {error !== null && <ProblemView error={error} />}
      <TextInput
        label={t('deliver:undo.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        mb="sm"
      />
      <Button color="seal" disabled={reason.length < 3} onClick={() => void undo()}>
        {t('deliver:undo.do')}
      </Button>
      <Button variant="subtle" onClick={props.onLeave}>
        {t('deliver:undo.leave')}
      </Button>
    </Section>
  )
}
