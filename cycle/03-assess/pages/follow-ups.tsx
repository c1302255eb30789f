import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { CountLink, Total } from '#ui/count.tsx'
import { Loaded, Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Print } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea, useNamed } from '#web/client.ts'
import { useSay } from './rulebook/say.ts'
import './assess.css'

const load = (area_code: string, after: string) =>
  call(api.api.assess['follow-ups'].$get({ query: { area_code, limit: '500', ...(after ? { after } : {}) } }))
type FollowUp = Awaited<ReturnType<typeof load>>['items'][number]

/** A village's code is its first twelve characters; a group's has three more (pack levels). */
const villageOf = (area_code: string) => area_code.slice(0, 12)
const PRINTED = ['village', 'group']

/** What visits must still ask: a list by village above, a sheet to take along in the village itself. */
export default function FollowUpsPage() {
  const t = useWords()
  const { code, found } = useArea()
  const list = useInfiniteQuery({
    queryKey: ['assess', 'follow-ups', code],
    queryFn: ({ pageParam }) => load(code, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '',
  })
  const nameOf = useAreaNames(code)
  const sheet = PRINTED.includes(found?.area.level ?? '')
  // A sheet is taken along: it is whole before it can be printed.
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (sheet && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [sheet, hasNextPage, isFetchingNextPage, fetchNextPage])
  const first = list.data?.pages[0]
  return (
    <>
      <PageHead
        title={t('assess:followups.title')}
        lead={t('assess:followups.lead')}
        meta={first && <span className="d-num">{t('assess:followups.count', { n: first.total })}</span>}
      />
      <Loaded query={{ data: first, error: list.error, refetch: list.refetch }}>
        {({ total, by_area }) => {
          const items = list.data?.pages.flatMap((page) => page.items) ?? []
          if (total === 0) {
            return (
              <Total n={0}>
                <Empty title={t('assess:followups.none')} text={t('assess:followups.none_text')} />
              </Total>
            )
          }
          if (!sheet) {
            return (
              <ByVillage
                items={items}
                total={total}
                villages={by_area}
                nameOf={nameOf}
                onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
              />
            )
          }
          return hasNextPage ? (
            <Waiting />
          ) : (
            <Total n={total}>
              <Sheet items={items} title={nameOf(code)} nameOf={nameOf} />
            </Total>
          )
        }}
      </Loaded>
    </>
  )
}

/** Names of the villages and groups below an area; the code itself until they are there. */
function useAreaNames(code: string): (area_code: string) => string {
  const named = useNamed()
  const areas = useQuery({
    queryKey: ['areas', 'within', code],
    queryFn: () => call(api.api.areas.$get({ query: { within: code, limit: '2000' } })),
    enabled: code !== '',
    staleTime: 600_000,
  })
  const names = new Map(areas.data?.areas.map((area) => [area.area_code, named(area.name)]))
  return (area_code) => names.get(area_code) ?? area_code
}

interface Named {
  items: FollowUp[]
  nameOf: (area_code: string) => string
}

type Villages = Awaited<ReturnType<typeof load>>['by_area']

function ByVillage(props: Named & { total: number; villages: Villages; onEnd: () => void }) {
  const { items, nameOf, onEnd, total, villages } = props
  const named = useNamed()
  const t = useWords()
  const say = useSay()
  const columns: Column<FollowUp>[] = [
    {
      key: 'village',
      label: t('assess:column.village'),
      value: (row) => nameOf(villageOf(row.area_code)),
      width: 160,
    },
    { key: 'head_name', label: t('assess:column.household'), value: (row) => row.head_name, primary: true, width: 140 },
    {
      key: 'ask',
      label: t('assess:followups.ask'),
      cell: (row) => row.ask.map((ask) => (ask.who ? `${ask.who}: ${say(ask.label)}` : say(ask.label))).join(' · '),
    },
    {
      key: 'created_at',
      label: t('assess:followups.since'),
      value: (row) => row.created_at,
      cell: (row) => <DateText value={row.created_at} />,
      width: 130,
    },
  ]
  return (
    <>
      <ul className="a-villages" aria-label={t('assess:followups.sheets')}>
        {villages.map(({ area_code, name, count }) => (
          <li key={area_code}>
            <CountLink
              href={`/assess/follow-ups?area=${area_code}`}
              n={count}
              words={(n) => (
                <>
                  {named({ en: name['en'] ?? '', zh: name['zh'] ?? '' }) || area_code}{' '}
                  <span className="d-says d-num">{n}</span>
                </>
              )}
            />
          </li>
        ))}
      </ul>
      <Table
        caption={t('assess:followups.title')}
        rows={items}
        columns={columns}
        rowKey={(row) => row.follow_up_id}
        href={(row) => `/households/${row.household_id}`}
        total={total}
        onEnd={onEnd}
      />
    </>
  )
}

/** One village on paper: a household a block, a line and a box for every answer, and how to find it out. */
function Sheet({ items, title, nameOf }: Named & { title: string }) {
  const t = useWords()
  const say = useSay()
  const groups = [...Map.groupBy(items, (item) => item.area_code)].sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <Print title={t('assess:followups.sheet', { place: title })} foot={t('assess:followups.foot')}>
      <h2 className="a-sheet-title">{t('assess:followups.sheet', { place: title })}</h2>
      {groups.map(([group, own]) => (
        <section key={group} className="a-sheet-group" aria-label={nameOf(group)}>
          <h3>{nameOf(group)}</h3>
          {own.map((item) => (
            <div key={item.follow_up_id} className="a-visit">
              <p className="a-visit-head">
                <b>{item.head_name}</b> <span className="d-says d-num">{item.household_id}</span>
              </p>
              <ul className="a-ask">
                {item.ask.map((ask) => (
                  <li key={ask.field}>
                    <span className="a-box" aria-hidden="true" />
                    <span>
                      {ask.who && <b>{ask.who}: </b>}
                      {say(ask.label)}
                    </span>
                    <span className="a-line" aria-hidden="true" />
                  </li>
                ))}
              </ul>
              <p className="d-says">{item.reason.map((each) => say(each.followup)).join(' ')}</p>
            </div>
          ))}
        </section>
      ))}
    </Print>
  )
}
