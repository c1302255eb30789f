import { NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead } from '#ui/page.tsx'
import { PrintList } from '#ui/table/print-list.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea, useLanguage, useMay, useNamed, useView, type Answer } from '#web/client.ts'
import { EnterPanel } from './enter.tsx'
import './register.css'

const viewSchema = z.object({
  status: z.enum(['registered', 'deregistered']).optional(),
  find: z.string().optional(),
})

const list = api.api.register.households
type Page = Answer<Awaited<ReturnType<typeof list.$get>>>
type Row = Page['items'][number]

/** Households on the register of an area, a hundred at a time; each row leads to the household's file. */
export default function RegisterPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const may_enter = useMay('register.enter')
  const [{ status, find }, setView] = useView(viewSchema)
  const rows = useInfiniteQuery({
    queryKey: ['register', 'list', code, status, find],
    queryFn: ({ pageParam }) =>
      call(list.$get({ query: { area_code: code, status, search: find || undefined, after: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: code !== '',
  })
  const total = rows.data?.pages[0]?.total
  const columns = useColumns(rows.data?.pages[0]?.carried ?? [])
  const filtered = status !== undefined || Boolean(find)
  return (
    <>
      <PageHead
        title={t('register:list.title')}
        lead={t('register:list.lead', { place: found ? named(found.area.name) : '' })}
        actions={
          total ? (
            <PrintList
              title={t('register:list.title')}
              says={[found && named(found.area.name), status && t(`register:list.${status}`), find]
                .filter(Boolean)
                .join(' · ')}
              columns={columns}
              rowKey={(row) => row.household_id}
              load={(after) =>
                call(list.$get({ query: { area_code: code, status, search: find || undefined, after, limit: '500' } }))
              }
            />
          ) : undefined
        }
      />
      {may_enter && <EnterPanel />}
      <Filters key={code} status={status} find={find} total={total} set={setView} />
      <Table
        caption={t('register:list.title')}
        rows={rows.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => row.household_id}
        href={(row) => `/households/${row.household_id}`}
        columns={columns}
        {...(total === undefined ? {} : { total })}
        loading={rows.isPending}
        error={rows.error}
        onRetry={() => void rows.refetch()}
        onEnd={() => {
          if (rows.hasNextPage && !rows.isFetching) void rows.fetchNextPage()
        }}
        empty={
          filtered
            ? { title: t('register:list.none_found'), text: t('register:list.none_found_text') }
            : { title: t('register:list.empty'), text: t('register:list.empty_text') }
        }
      />
    </>
  )
}

type FiltersProps = {
  status: string | undefined
  find: string | undefined
  total: number | undefined
  set: (patch: { status?: string; find?: string }, options: { replace: boolean }) => void
}

function Filters({ status, find, total, set }: FiltersProps) {
  const t = useWords()
  const [typed, setTyped] = useState(find ?? '')
  const search = useDebouncedCallback((text: string) => set({ find: text || undefined }, { replace: true }), 250)
  return (
    <div className="rg-filters d-screen">
      <TextInput
        label={t('register:list.search')}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          search(event.currentTarget.value.trim())
        }}
      />
      <NativeSelect
        label={t('register:list.status')}
        value={status ?? ''}
        onChange={(event) => set({ status: event.currentTarget.value || undefined }, { replace: true })}
        data={[
          { value: '', label: t('register:list.all') },
          { value: 'registered', label: t('register:list.registered') },
          { value: 'deregistered', label: t('register:list.deregistered') },
        ]}
      />
      <span role="status" className="rg-total">
        {total !== undefined && t('register:list.total', { count: total })}
      </span>
    </div>
  )
}

function useColumns(carried: Page['carried']): Column<Row>[] {
  const t = useWords()
  const named = useNamed()
  const language = useLanguage()
  const { found } = useArea()
  const placeOf = (area_code: string) => {
    const child = found?.children.find((each) => area_code.startsWith(each.area_code))
    return child ? named(child.name) : ''
  }
  const plain = (key: string) => ({ key, sortable: false })
  return [
    { ...plain('head_name'), label: t('register:list.head'), value: (row) => row.head_name, primary: true },
    { ...plain('household_id'), label: t('register:list.number'), value: (row) => row.household_id, width: 150 },
    { ...plain('area_code'), label: t('register:list.place'), value: (row) => placeOf(row.area_code) },
    {
      ...plain('household_size'),
      label: t('register:list.size'),
      value: (row) => row.household_size,
      cell: (row) => <Num value={row.household_size} />,
      align: 'end',
      width: 84,
    },
    {
      ...plain('household_attribute'),
      label: t('register:list.attribute'),
      value: (row) => (row.household_attribute ? t(`register:attribute.${row.household_attribute}`) : ''),
    },
    // Each with the words of the form; of the kind of household the register has words of its own.
    ...carried
      .filter(({ name }) => name !== 'household_attribute')
      .map(({ name, label, choices }) => ({
        ...plain(name),
        label: label[language] ?? name,
        value: (row: Row) => choices[row[name] ?? '']?.[language] ?? row[name] ?? '',
      })),
    {
      ...plain('status'),
      label: t('register:list.status'),
      value: (row) => row.status,
      cell: (row) => <Tag tone={row.status === 'registered' ? 'met' : 'plain'}>{t(`register:list.${row.status}`)}</Tag>,
      width: 120,
    },
    {
      ...plain('registered_on'),
      label: t('register:list.since'),
      value: (row) => row.registered_on,
      cell: (row) => <DateText value={row.registered_on} />,
      width: 180,
    },
  ]
}
