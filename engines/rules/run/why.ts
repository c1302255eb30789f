import { closureOf } from './closures.ts'
import { asNumber } from './exact.ts'
import { rangeOf, settled } from './refined.ts'
import { scaleOf } from './numbers.ts'
import { INT_LIMIT, isNumeric, MONEY_LIMIT } from '../schema.ts'
import { childrenOf } from '../tree.ts'
import type { Surroundings } from './values.ts'
import type { RuleRecord } from '../schema.ts'
import type { Aggregate, Node } from '../tree.ts'

/** Where a node is being run: the whole record, and inside a list the item and its index. */
export type Standing = { record: RuleRecord; item: RuleRecord; index: number; around: Surroundings }

/** What a node gives there: numbers as they are written, dates as yyyymmdd, undefined for UNKNOWN. */
export function valueAt(node: Node, at: Standing): boolean | number | string | readonly string[] | undefined {
  const { record, item, around } = at
  const value = closureOf(node)(record, item, around) ?? settled(node)(record, item, around)
  return typeof value === 'bigint' || (typeof value === 'number' && isNumeric(node.type))
    ? asNumber(value, scaleOf(node))
    : value
}

type Look = typeof valueAt

/** What a node gives by its answers alone, without what bounds decide. */
export const plainAt: Look = (node, { record, item, around }) => {
  const value = closureOf(node)(record, item, around)
  return typeof value === 'bigint' ? Number(value) : value
}

/**
 * How far a number reaches while answers are missing, in its own units; null for an end without a bound: the greatest
 * number that a field holds bounds nothing that a person could answer.
 */
export function spanAt(node: Node, { record, item, around }: Standing): { least: number | null; most: number | null } {
  const { lo, hi } = rangeOf(node)(record, item, around)
  const limit = node.type === 'money' ? MONEY_LIMIT : INT_LIMIT
  const end = (value: typeof lo): number | null => {
    const told = value === undefined ? null : asNumber(value, scaleOf(node))
    return told === null || Math.abs(told) >= limit ? null : told
  }
  return { least: end(lo), most: end(hi) }
}

export const pathOf = (list: string | null, field: string, index: number): string =>
  list === null ? field : `${list}[${index}].${field}`

export const itemsAt = (list: string, at: Standing): Standing[] | undefined => {
  const items = at.record[list]
  if (!Array.isArray(items)) return undefined
  return (items as (RuleRecord | null)[]).map((item, index) => ({ ...at, item: item ?? {}, index }))
}

/**
 * Why a node that is UNKNOWN is unknown: the missing answers, as `field`, `list[index].field`, `list` or `params.name`.
 * Causes that no answer settles start with '#': `#division_by_zero`, `#out_of_range`, `#empty_list`,
 * `#several_items` (where one was asked for).
 */
export function collectMissing(node: Node, at: Standing, into: Set<string>, look: Look = valueAt): void {
  if (look(node, at) !== undefined) return
  switch (node.op) {
    case 'read':
      into.add(pathOf(node.list, node.field, at.index))
      return
    case 'parameter':
      into.add(`params.${node.name}`)
      return
    case 'if':
      if (look(node.condition, at) === undefined) collectMissing(node.condition, at, into, look)
      else collectMissing(look(node.condition, at) === true ? node.met : node.otherwise, at, into, look)
      return
    case 'aggregate':
      collectFromList(node, at, into, look)
      return
    default: {
      const unknown = childrenOf(node).filter((child) => look(child, at) === undefined)
      for (const child of unknown) collectMissing(child, at, into, look)
      if (unknown.length === 0) collectCause(node, at, into, look)
    }
  }
}

/** Every operand is known and still there is no result. */
function collectCause(node: Node, at: Standing, into: Set<string>, look: Look): void {
  if (node.op === 'call' && (node.name === 'age' || node.name === 'age_months')) {
    const birth = node.args[0]!
    // A birth after the reference date: the answer itself is what has to be looked at.
    if (birth.op === 'read') into.add(pathOf(birth.list, birth.field, at.index))
    else into.add('#out_of_range')
    return
  }
  if (node.op === 'arithmetic' && node.unguarded && look(node.right, at) === 0) {
    into.add('#empty_list')
    return
  }
  const divides = node.op === 'arithmetic' && (node.sign === '/' || node.sign === '//' || node.sign === '%')
  into.add(divides && look(node.right, at) === 0 ? '#division_by_zero' : '#out_of_range')
}

function collectFromList(node: Aggregate, at: Standing, into: Set<string>, look: Look): void {
  const items = itemsAt(node.list, at)
  if (items === undefined) {
    into.add(node.list)
    return
  }
  const before = into.size
  let unknown = 0
  let kept = 0
  for (const item of items) {
    const keeps = node.where === null ? true : look(node.where, item)
    if (keeps === undefined) {
      collectMissing(node.where!, item, into, look)
      unknown++
    }
    if (keeps === true) {
      kept++
      for (const part of [node.body, node.sort]) {
        if (!part || look(part, item) !== undefined) continue
        collectMissing(part, item, into, look)
        unknown++
      }
    }
  }
  if (node.take) collectMissing(node.take, at, into, look)
  if (unknown === 0 && into.size === before) {
    into.add(
      kept === 0 && node.fold !== 'sum' ? '#empty_list' : node.fold === 'only' ? '#several_items' : '#out_of_range',
    )
  }
}
