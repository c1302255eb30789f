import type { DuckDBConnection } from '@duckdb/node-api'
import { link } from '../link.ts'
import type { LinkOptions } from '../link.ts'
import type { Relation } from '../pairs/load.ts'
import { columnsOf } from '../pairs/load.ts'
import type { LinkageModel } from '../model/model.ts'
import { scorer } from '../score.ts'
import { literal, quote, readColumns } from '../session/session.ts'
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

type Settings = Pick<LinkOptions, 'max_pairs' | 'frequencies'> & { id_column: string; household_column: string }
type Row = Record<string, string | null>
type Scored = Anchor & { vetoed: boolean }

/** One household's records, as a relation. */
export const membersOf = ({ relation }: Relation, column: string, household: string) =>
  `(select * from ${relation} where ${quote(column)}::varchar = ${literal(household)})`

async function countOf(connection: DuckDBConnection, relation: string): Promise<number> {
  return Number((await readColumns(connection, `select count(*)::double from ${relation}`))[0]![0])
}

async function recordsOf(
  connection: DuckDBConnection,
  { relation, columns }: KnownRelation,
  id_column: string,
  wanted: readonly string[],
  ids: ReadonlySet<string>,
): Promise<Map<string, Row>> {
  const names = wanted.filter((name) => columns.includes(name))
  const select = names.map((name) => `, nullif(${quote(name)}::varchar, '')`).join('')
  const list = [...ids].map(literal).join(', ')
  const [found, ...values] = await readColumns(
    connection,
    `select ${quote(id_column)}::varchar${select} from ${relation} where ${quote(id_column)}::varchar in (${list || 'null'})`,
  )
  const row = (i: number) => Object.fromEntries(names.map((name, c) => [name, values[c]![i] as string | null]))
  return new Map(found!.map((id, i) => [String(id), row(i)]))
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
  { left, right }: { left: KnownRelation; right: KnownRelation },
  model: LinkageModel,
  pair: { left_id: string; right_id: string; left_household: string; right_household: string; vetoed: boolean },
  settings: Settings,
): Promise<Support> {
  const { id_column, household_column, frequencies, max_pairs } = settings
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
  const lefts = await recordsOf(connection, left, id_column, columns, ids('left_id'))
  const rights = await recordsOf(connection, right, id_column, columns, ids('right_id'))
  const both = [left, right]
  const shares = await sharesOf(connection, both, model, [...lefts.values(), ...rights.values()], frequencies)
  const weigh = scorer(model, shares)
  const scored = met.map(({ left_id, right_id, doubt }): Scored => {
    const { match_weight } = weigh(lefts.get(left_id)!, rights.get(right_id)!)
    return { left_id, right_id, weight: match_weight, vetoed: doubt === 'veto' }
  })
  return countSupport(model, pair, await anchorsAmong(connection, model, scored, { l, r, id_column }))
}

async function anchorsAmong(
  connection: DuckDBConnection,
  model: LinkageModel,
  scored: readonly Scored[],
  { l, r, id_column }: { l: Relation; r: Relation; id_column: string },
): Promise<Anchor[]> {
  const members = async ({ relation }: Relation) =>
    new Set((await readColumns(connection, `select ${quote(id_column)}::varchar from ${relation}`))[0]!.map(String))
  const [lefts, rights] = [await members(l), await members(r)]
  const found = new Map<string, Anchor>()
  for (const { vetoed, ...pair } of scored) {
    if (vetoed || pair.weight < model.households!.anchor) continue
    if (!lefts.has(pair.left_id) || !rights.has(pair.right_id)) continue
    const as = { ...pair, vetoed }
    if (leads(as, scored, 'left_id') && leads(as, scored, 'right_id'))
      found.set(`${pair.left_id}\0${pair.right_id}`, pair)
  }
  return [...found.values()]
}

function countSupport(
  model: LinkageModel,
  { left_id, right_id, vetoed }: { left_id: string; right_id: string; vetoed: boolean },
  all: readonly Anchor[],
): Support {
  const anchors = all
    .filter((anchor) => anchor.left_id !== left_id || anchor.right_id !== right_id)
    .sort((a, b) => b.weight - a.weight || (a.left_id < b.left_id ? -1 : 1))
  const bits = supportBits(model.households!)
  const others = Math.min(anchors.length, bits.length - 1)
  return { others, weight: vetoed ? 0 : bits[others]!, anchors }
}
