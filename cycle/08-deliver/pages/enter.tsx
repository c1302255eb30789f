import { Button, Checkbox, Group, NumberInput, Select, Table, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { CountLink, Total } from '#ui/count.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatMoney } from '#ui/format.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { Money } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useHeld, useLanguage, useView } from '#web/client.ts'
import { YearPick } from './year.tsx'

const view = z.object({ year: z.coerce.number().int().optional(), measure: z.string().optional() })

const load = (area_code: string, year: number | undefined, measure_code: string | undefined) =>
  call(
    api.api.deliver.due.$get({
      query: {
        area_code,
        limit: '2000',
        ...(year === undefined ? {} : { year: String(year) }),
        ...(measure_code ? { measure_code } : {}),
      },
    }),
  )
type Due = Awaited<ReturnType<typeof load>>['items'][number]
/** What differs from household to household; the rest of the list is alike for all. */
interface Line {
  given: boolean
  signed: boolean
  cost: number | null
}
/** Nothing is given and nothing signed before somebody says so of each. */
const plain: Line = { given: false, signed: false, cost: null }
const SCOPE = 'deliver.enter'
const subjectOf = (item: Due) => `delivery:${item.item_id}`

/** One measure to households of a village on one day: the list as the clerk holds it in hand. */
export default function EnterPage() {
  const t = useWords()
  const language = useLanguage()
  const { code } = useArea()
  const [{ year, measure }, setView] = useView(view)
  const held = useHeld()
  // The first measure that is due where none was chosen: the counts come first, then its lines.
  const counts = useQuery({
    queryKey: ['deliver', 'due', code, year, 'counts'],
    queryFn: () => load(code, year, 'none'),
    enabled: code !== '',
  })
  const by_measure = counts.data?.by_measure ?? []
  const shown = by_measure.some((each) => each.measure_code === measure) ? measure : by_measure[0]?.measure_code
  const found = useQuery({
    queryKey: ['deliver', 'due', code, year, shown],
    queryFn: () => load(code, year, shown),
    enabled: counts.isSuccess && shown !== undefined,
  })
  return (
    <>
      <PageHead title={t('deliver:enter.title')} lead={t('deliver:enter.lead')} />
      <Loaded query={counts}>
        {(due) => (
          <Total n={year === undefined ? due.years.reduce((sum, each) => sum + each.count, 0) : due.total}>
            <YearPick year={year ?? due.year} onChange={(picked) => setView({ year: picked }, { replace: true })}>
              <Select
                label={t('deliver:measure')}
                data={by_measure.map((each) => ({
                  value: each.measure_code,
                  label: `${each.label[language] ?? each.measure_code} (${each.count})`,
                }))}
                value={shown ?? null}
                onChange={(picked) => setView({ measure: picked ?? undefined })}
                allowDeselect={false}
                searchable
                w={280}
              />
            </YearPick>
            {due.years
              .filter((each) => each.year !== due.year)
              .map((each) => (
                <p key={each.year} className="d-says">
                  <CountLink
                    href={`/deliveries/enter?year=${each.year}`}
                    n={each.count}
                    words={(n) => t('deliver:enter.other_year', { year: each.year, n })}
                  />
                </p>
              ))}
            {due.total === 0 ? (
              <Empty title={t('deliver:enter.none')} />
            ) : (
              <Loaded query={found}>
                {({ items }) => (
                  <Batch
                    key={`${code} ${shown} ${due.year}`}
                    name={`${code} ${shown} ${due.year}`}
                    items={items.filter((item) => !held.isDecided(subjectOf(item)))}
                  />
                )}
              </Loaded>
            )}
          </Total>
        )}
      </Loaded>
    </>
  )
}

const blank: { lines: Record<string, Line>; delivered_on: string; provider: string; confirm: string } = {
  lines: {},
  delivered_on: '',
  provider: '',
  confirm: '',
}

function Batch(props: { name: string; items: Due[] }) {
  const t = useWords()
  const language = useLanguage()
  const { today } = useReader()
  const draft = useDraft(SCOPE, props.name, blank)
  const { lines, provider, confirm = '' } = draft.value
  const delivered_on = draft.value.delivered_on || today
  const lineOf = (item: Due) => lines[item.item_id] ?? plain
  const change = (item: Due, part: Partial<Line>) =>
    draft.set({ ...draft.value, lines: { ...lines, [item.item_id]: { ...lineOf(item), ...part } } })
  const given = props.items.filter((item) => lineOf(item).given)
  const costOf = (item: Due) => lineOf(item).cost ?? item.cost
  // What is unlike the plan is asked about by the server; the reason can be given beforehand.
  const dearer = given.some((item) => costOf(item) > item.cost)
  const reason = dearer && confirm.trim().length >= 3 ? { confirm: confirm.trim() } : {}
  const status = useStatus({
    given: given.length,
    provider,
    cost: given.reduce((sum, item) => sum + costOf(item), 0),
    unsigned: given.filter((item) => !lineOf(item).signed).length,
  })
  const record = useRecord(props.name)
  const send = () =>
    record(
      given,
      given.map((item) => ({
        household_id: item.household_id,
        plan_id: item.plan_id,
        item_id: item.item_id,
        measure_code: item.measure_code,
        delivered_on,
        quantity: 1,
        unit: item.unit[language] ?? item.unit.en ?? '-',
        cost: costOf(item),
        provider: provider.trim(),
        head_signed: lineOf(item).signed,
        ...(costOf(item) > item.cost ? reason : {}),
      })),
    )
  return (
    <>
      <Group align="end" mb="md">
        <TextInput
          type="date"
          label={t('deliver:day')}
          value={delivered_on}
          max={today}
          onChange={(event) => draft.set({ ...draft.value, delivered_on: event.currentTarget.value })}
        />
        <TextInput
          label={t('deliver:provider')}
          value={provider}
          onChange={(event) => draft.set({ ...draft.value, provider: event.currentTarget.value })}
        />
        {dearer && (
          <TextInput
            label={t('deliver:enter.why_dearer')}
            value={confirm}
            maxLength={500}
            onChange={(event) => draft.set({ ...draft.value, confirm: event.currentTarget.value })}
          />
        )}
        <Button
          color="seal"
          disabled={delivered_on === '' || provider.trim() === '' || given.length === 0}
          onClick={() => void send()}
        >
          {t('deliver:enter.do', { n: given.length })}
        </Button>
      </Group>
      <p role="status">{status}</p>
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
            {props.items.map((item) => (
              <ItemRow key={item.item_id} item={item} line={lineOf(item)} onChange={(part) => change(item, part)} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  )
}

/** What recording these would do, or what is still missing. */
function useStatus(batch: { given: number; provider: string; cost: number; unsigned: number }): string {
  const t = useWords()
  const { currency, locale } = useReader()
  if (batch.given === 0) return t('deliver:enter.nobody')
  if (batch.provider.trim() === '') return t('deliver:enter.no_provider')
  const cost = formatMoney(batch.cost, locale, currency)
  return t('deliver:enter.follows', { n: batch.given, cost, unsigned: batch.unsigned })
}

type Sent = Parameters<typeof api.api.deliver.deliveries.$post>[0]['json']['deliveries']

/** Holds a batch of deliveries back for a moment, named, so that it can be taken back before it is sent. */
function useRecord(name: string) {
  const t = useWords()
  const language = useLanguage()
  const held = useHeld()
  return async (given: readonly Due[], deliveries: Sent) => {
    const names = given.map((item) => item.head_name)
    await held.hold({
      says: t(names.length > 4 ? 'deliver:enter.held_more' : 'deliver:enter.held', {
        measure: given[0]?.label[language] ?? '',
        names: names.slice(0, 4).join(t('deliver:comma')),
        n: names.length - 4,
      }),
      subjects: given.map(subjectOf),
      builds: [(client) => client.api.deliver.deliveries.$post({ json: { deliveries } })],
      touches: [['deliver'], ['road'], ['see']],
      drafts: [[SCOPE, name]],
    })
  }
}

/** One planned item: whether it was given, at which cost, and whether the head of the household signed. */
function ItemRow({ item, line, onChange }: { item: Due; line: Line; onChange: (part: Partial<Line>) => void }) {
  const t = useWords()
  const { currency } = useReader()
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox
          aria-label={t('deliver:enter.given_to', { name: item.head_name })}
          checked={line.given}
          onChange={(event) => onChange({ given: event.currentTarget.checked })}
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
            onChange({ cost: value === '' ? null : Math.round(Number(value) * currency.minor_units) })
          }
        />
      </Table.Td>
      <Table.Td>
        <Checkbox
          aria-label={t('deliver:enter.signed_by', { name: item.head_name })}
          checked={line.signed}
          disabled={!line.given}
          onChange={(event) => onChange({ signed: event.currentTarget.checked })}
        />
      </Table.Td>
    </Table.Tr>
  )
}
