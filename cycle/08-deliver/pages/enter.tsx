import { Button, Checkbox, Group, NumberInput, Select, Table, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/problem.tsx'
import { Money } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useLanguage, useView } from '#web/client.ts'
import { YearPick } from './year.tsx'

const view = z.object({ year: z.coerce.number().int().optional(), measure: z.string().optional() })

const load = (area_code: string, year: number | undefined) =>
  call(
    api.api.deliver.due.$get({
      query: { area_code, limit: '2000', ...(year === undefined ? {} : { year: String(year) }) },
    }),
  )
type Due = Awaited<ReturnType<typeof load>>['items'][number]
/** What differs from household to household; the rest of the list is alike for all. */
interface Line {
  given: boolean
  signed: boolean
  cost: number | null
}
const plain: Line = { given: true, signed: true, cost: null }

/** One measure to many households of a village on one day: the list as the clerk holds it in hand. */
export default function EnterPage() {
  const t = useWords()
  const language = useLanguage()
  const { code } = useArea()
  const [{ year, measure }, setView] = useView(view)
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: ['deliver', 'due', code, year],
    queryFn: () => load(code, year),
    enabled: code !== '',
  })
  const [done, setDone] = useState<number | null>(null)
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const items = found.data?.items ?? []
  const by_measure = [...Map.groupBy(items, (item) => item.measure_code)]
  const shown = by_measure.some(([each]) => each === measure) ? measure : by_measure[0]?.[0]
  const chosen = items.filter((item) => item.measure_code === shown)
  return (
    <>
      <PageHead title={t('deliver:enter.title')} lead={t('deliver:enter.lead')} />
      <YearPick year={year ?? found.data?.year} onChange={(picked) => setView({ year: picked }, { replace: true })}>
        <Select
          label={t('deliver:measure')}
          data={by_measure.map(([value, own]) => ({
            value,
            label: `${own[0]?.label[language] ?? value} (${own.length})`,
          }))}
          value={shown ?? null}
          onChange={(picked) => {
            setDone(null)
            setView({ measure: picked ?? undefined })
          }}
          allowDeselect={false}
          searchable
          w={280}
        />
      </YearPick>
      {done !== null && <p role="status">{t('deliver:enter.done', { n: done })}</p>}
      {chosen.length > 0 ? (
        <Batch
          key={`${code} ${shown} ${year}`}
          items={chosen}
          onDone={(recorded) => {
            setDone(recorded)
            void queries.invalidateQueries({ queryKey: ['deliver'] })
          }}
        />
      ) : (
        found.data && <Empty title={t('deliver:enter.none')} />
      )}
    </>
  )
}

function Batch(props: { items: Due[]; onDone: (recorded: number) => void }) {
  const t = useWords()
  const language = useLanguage()
  const { currency, today } = useReader()
  const [lines, setLines] = useState<Record<string, Line>>({})
  const [delivered_on, setDay] = useState(today)
  const [provider, setProvider] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const lineOf = (item: Due) => lines[item.item_id] ?? plain
  const change = (item: Due, part: Partial<Line>) =>
    setLines((before) => ({ ...before, [item.item_id]: { ...(before[item.item_id] ?? plain), ...part } }))
  const given = props.items.filter((item) => lineOf(item).given)
  const record = async () => {
    setBusy(true)
    setError(null)
    const deliveries = given.map((item) => ({
      household_id: item.household_id,
      plan_id: item.plan_id,
      item_id: item.item_id,
      measure_code: item.measure_code,
      delivered_on,
      quantity: 1,
      unit: item.unit[language] ?? item.unit.en ?? '-',
      cost: lineOf(item).cost ?? item.cost,
      provider,
      head_signed: lineOf(item).signed,
    }))
    await call(api.api.deliver.deliveries.$post({ json: { deliveries } })).then(
      () => props.onDone(deliveries.length),
      setError,
    )
    setBusy(false)
  }
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      <Group align="end" mb="md">
        <TextInput
          type="date"
          label={t('deliver:day')}
          value={delivered_on}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <TextInput
          label={t('deliver:provider')}
          value={provider}
          onChange={(event) => setProvider(event.currentTarget.value)}
        />
        <Button
          color="seal"
          loading={busy}
          disabled={delivered_on === '' || provider === '' || given.length === 0}
          onClick={() => void record()}
        >
          {t('deliver:enter.do', { n: given.length })}
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('deliver:enter.given')}</Table.Th>
              <Table.Th>{t('deliver:household')}</Table.Th>
              <Table.Th>{t('deliver:planned_cost')}</Table.Th>
              <Table.Th>{t('deliver:cost')}</Table.Th>
              <Table.Th>{t('deliver:signed')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.items.map((item) => {
              const line = lineOf(item)
              return (
                <Table.Tr key={item.item_id}>
                  <Table.Td>
                    <Checkbox
                      aria-label={t('deliver:enter.given_to', { name: item.head_name })}
                      checked={line.given}
                      onChange={(event) => change(item, { given: event.currentTarget.checked })}
                    />
                  </Table.Td>
                  <Table.Td>
                    {item.head_name} <span className="d-says d-num">{item.household_id}</span>
                  </Table.Td>
                  <Table.Td>
                    <Money minor={item.cost} cents="never" />
                  </Table.Td>
                  <Table.Td>
                    <NumberInput
                      aria-label={t('deliver:enter.cost_for', { name: item.head_name })}
                      min={0}
                      w={130}
                      thousandSeparator=","
                      disabled={!line.given}
                      value={(line.cost ?? item.cost) / currency.minor_units}
                      onChange={(value) =>
                        change(item, { cost: value === '' ? null : Math.round(Number(value) * currency.minor_units) })
                      }
                    />
                  </Table.Td>
                  <Table.Td>
                    <Checkbox
                      aria-label={t('deliver:enter.signed_by', { name: item.head_name })}
                      checked={line.signed}
                      disabled={!line.given}
                      onChange={(event) => change(item, { signed: event.currentTarget.checked })}
                    />
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  )
}
