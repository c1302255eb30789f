// Entries that cannot be stop a list; so do those that are unusual and that nobody has explained.
import type { Entered } from '#door/context.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { problem } from '#door/problems.ts'
import { doubtsOf, type Doubt, type Given } from './plausible.ts'
import { everRegistered, givenTo, type NewDelivery } from './store.ts'

type C = Entered
type Worded = Given & Pick<NewDelivery, 'unit' | 'provider' | 'note'>

const wordsOf = (row: Worded): string =>
  JSON.stringify([
    row.household_id,
    row.measure_code,
    row.delivered_on,
    row.quantity,
    row.unit,
    row.cost,
    row.provider,
    row.note,
  ])

/** Throws `deliver_impossible` or `deliver_unusual`. Lines that stand word for word already are asked nothing. */
export async function askAboutDeliveries(
  c: C,
  county_code: string,
  rows: readonly NewDelivery[],
  items: readonly ({ cost: number } | null)[],
): Promise<void> {
  const { tx, pack } = c.var
  const ids = [...new Set(rows.map((row) => row.household_id))]
  const { standing, registered } = await overCounty(c, county_code, async () => ({
    standing: await givenTo(tx, county_code, ids),
    registered: await everRegistered(tx, county_code, ids),
  }))
  const known = new Set(standing.map(wordsOf))
  const lines = rows.flatMap((row, at) => {
    if (known.has(wordsOf(row))) return []
    known.add(wordsOf(row))
    return [{ ...row, planned_cost: items[at]?.cost ?? null, ever_registered: registered.has(row.household_id), at }]
  })
  const doubts = doubtsOf(pack.plausible, lines, standing)
  stopAt(
    doubts.map((doubt) => ({ ...doubt, index: lines[doubt.index]?.at ?? doubt.index })),
    (index) => rows[index]?.confirmed ?? null,
  )
}

/** Throws where a line is refused, or asked about without a reason given (`reasonOf` its index). */
export function stopAt(doubts: readonly Doubt[], reasonOf: (index: number) => string | null): void {
  for (const [weight, code] of [
    ['refuse', 'deliver_impossible'],
    ['ask', 'deliver_unusual'],
  ] as const) {
    const open = doubts.filter((doubt) => doubt.weight === weight && (weight === 'refuse' || !reasonOf(doubt.index)))
    const [first] = open
    if (!first) continue
    const lines = new Set(open.map((each) => each.index)).size
    throw problem(code, {
      detail: `${lines} lines; ${first.household_id}: ${first.code}, ${first.got} beside ${first.limit}.`,
      errors: open
        .slice(0, 50)
        .map(({ household_id, index, got, code: message }) => ({ path: household_id, message, row: index, got })),
      doubts: open.slice(0, 500),
    })
  }
}
