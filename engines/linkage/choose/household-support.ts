import type { DuckDBConnection } from '@duckdb/node-api'
import { link } from '../link.ts'
import type { LinkOptions } from '../link.ts'
import type { Relation } from '../pairs/load.ts'
import { columnsOf } from '../pairs/load.ts'
import { at } from '../at.ts'
import type { HouseholdSettings, LinkageModel } from '../model/model.ts'
import { scorer } from '../score.ts'
import { readColumns, readNumber, readRows } from '../session/read.ts'
import { literal, quote } from '../session/text.ts'
import { sharesOf } from '../learn/shares.ts'
import { MOST_MEMBERS, supportBits } from './support.ts'

/** A pair that is sure by itself and vouches for its two households; `weight`: its own bits. */
export type Anchor = { left_id: string; right_id: string; weight: number }

/**
 * What the household says for a pair. `others`: anchors between the same two households, the pair's own left out, as many
 * as count; null where either lives alone or among thousands, which says nothing. `anchors`: all of those others, the surest first.
 */
export type Support = { others: number | null; weight: number; anchors: Anchor[] }

export type KnownRelation = Relation & { columns: readonly string[] }

/** A run with households: its lists, its model, and how they were read. */
export type SupportRun = Pick<LinkOptions, 'max_pairs' | 'frequencies'> & {
  left: KnownRelation
  right: KnownRelation
  model: LinkageModel
  id_column: string
  household_column: string
}

type Row = Record<string, string | null>
type Scored = Anchor & { vetoed: boolean }

/** One household's records, as a relation. */
export const membersOf = ({ relation }: Relation, column: string, household: string) =>
  `(select * from ${relation} where ${quote(column)}::varchar = ${literal(household)})`

const countOf = (connection: DuckDBConnection, relation: string) =>
  readNumber(connection, `select count(*)::double from ${relation}`)

/** The `wanted` columns of the records with these ids, by id. */
async function recordsOf(
  connection: DuckDBConnection,
  { relation, columns }: KnownRelation,
  { id_column, ids }: { id_column: string; ids: ReadonlySet<string> },
  wanted: readonly string[],
): Promise<Map<string, Row>> {
  const names = wanted.filter((name) => columns.includes(name))
  const select = names.map((name) => `, nullif(${quote(name)}::varchar, '')`).join('')
  const list = [...ids].map(literal).join(', ')
  const found = await readRows(
    connection,
    `select ${quote(id_column)}::varchar${select} from ${relation} where ${quote(id_column)}::varchar in (${list || 'null'})`,
    (row) => [row.text(0), Object.fromEntries(names.map((name, c) => [name, row.textOrNull(c + 1)]))] as const,
  )
  return new Map(found)
}

/** Whether a pair is its record's best, and leads: `of` says whose. */
function leads(pair: Scored, all: readonly Scored[], of: 'left_id' | 'right_id'): boolean {
  return all.every(
    (other) =>
      other[of] !== pair[of] ||
      other.weight < pair.weight ||
      (other.left_id === pair.left_id && other.right_id === pair.right_id),
  )
}

/**
 * The support that a run with households over these two lists gives to one pair under this model, from the rivals of the
 * two households' members alone: each list is read and encoded once, nobody else is compared. Right for pairs of the
 * passes `pair` and `second`. Refusals as `link`.
 */
export async function supportOf(
  connection: DuckDBConnection,
  { left, right, model, ...settings }: SupportRun,
  pair: { left_id: string; right_id: string; left_household: string; right_household: string; vetoed: boolean },
): Promise<Support> {
  const { id_column, household_column, frequencies, max_pairs } = settings
  const { households } = model
  if (!households) return { others: null, weight: 0, anchors: [] }
  const [l, r] = [
    { ...left, relation: membersOf(left, household_column, pair.left_household) },
    { ...right, relation: membersOf(right, household_column, pair.right_household) },
  ]
  const sizes = [await countOf(connection, l.relation), await countOf(connection, r.relation)]
  if (sizes.some((size) => size < 2 || size > MOST_MEMBERS)) return { others: null, weight: 0, anchors: [] }
  const candidates = async (sides: { left: Relation; right: Relation }) => {
    const { links } = await link(sides, model, {
      ...{ connection, id_column, household_column, train: 'none', one_to_one: false, least_weight: -1e6 },
      ...(max_pairs ? { max_pairs } : {}),
    })
    return links
  }
  const met = [...(await candidates({ left: l, right })), ...(await candidates({ left, right: r }))]
  const columns = columnsOf(model)
  const ids = (of: 'left_id' | 'right_id') => new Set(met.map((each) => each[of]))
  const lefts = await recordsOf(connection, left, { id_column, ids: ids('left_id') }, columns)
  const rights = await recordsOf(connection, right, { id_column, ids: ids('right_id') }, columns)
  const run = { relations: [left, right], model, ...(frequencies ? { given: frequencies } : {}) }
  const shares = await sharesOf(connection, run, [...lefts.values(), ...rights.values()])
  const weigh = scorer(model, shares)
  const scored = met.map(({ left_id, right_id, doubt }): Scored => {
    const [a, b] = [lefts.get(left_id), rights.get(right_id)]
    if (!a || !b) throw new RangeError(`The lists no longer hold ${left_id} and ${right_id}`)
    return { left_id, right_id, weight: weigh(a, b).match_weight, vetoed: doubt === 'veto' }
  })
  const anchors = await anchorsAmong(connection, { l, r, id_column }, scored, households.anchor)
  return countSupport(households, pair, anchors)
}

/** Pairs between the members of two households that are sure by themselves: `least` bits or more, and ahead of all rivals. */
async function anchorsAmong(
  connection: DuckDBConnection,
  { l, r, id_column }: { l: Relation; r: Relation; id_column: string },
  scored: readonly Scored[],
  least: number,
): Promise<Anchor[]> {
  const members = async ({ relation }: Relation) =>
    new Set((await readColumns(connection, `select ${quote(id_column)}::varchar from ${relation}`))[0].map(String))
  const [lefts, rights] = [await members(l), await members(r)]
  const found = new Map<string, Anchor>()
  for (const { vetoed, ...pair } of scored) {
    if (vetoed || pair.weight < least) continue
    if (!lefts.has(pair.left_id) || !rights.has(pair.right_id)) continue
    const as = { ...pair, vetoed }
    if (leads(as, scored, 'left_id') && leads(as, scored, 'right_id'))
      found.set(`${pair.left_id}\0${pair.right_id}`, pair)
  }
  return [...found.values()]
}

function countSupport(
  settings: HouseholdSettings,
  { left_id, right_id, vetoed }: { left_id: string; right_id: string; vetoed: boolean },
  all: readonly Anchor[],
): Support {
  const anchors = all
    .filter((anchor) => anchor.left_id !== left_id || anchor.right_id !== right_id)
    .sort((a, b) => b.weight - a.weight || (a.left_id < b.left_id ? -1 : 1))
  const bits = supportBits(settings)
  const others = Math.min(anchors.length, bits.length - 1)
  return { others, weight: vetoed ? 0 : at(bits, others), anchors }
}
