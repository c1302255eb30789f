import { plus, tenTo, times, within } from './exact.ts'
import { scaleOf } from './numbers.ts'
import { NO_ANSWERS, order } from './values.ts'
import type { RuleRecord } from '../schema.ts'
import type { Exact } from './exact.ts'
import type { Aggregate, Node } from '../tree.ts'
import type { Run, Value } from './values.ts'

export const itemsOf = (record: RuleRecord, list: string): RuleRecord[] | undefined => {
  const items = record[list]
  return Array.isArray(items) ? (items as RuleRecord[]) : undefined
}

/** Folds over a declared list. No list at all is UNKNOWN; an empty list is a value. */
export function foldClosure(node: Aggregate, closureOf: (node: Node) => Run): Run {
  const { list } = node
  const where = node.where && closureOf(node.where)
  const body = node.body && closureOf(node.body)
  switch (node.fold) {
    case 'exists':
      return quantifier(list, body!, true)
    case 'all':
      return quantifier(list, body!, false)
    case 'exists_one':
      return existsOne(list, body!)
    case 'count':
      return count(list, where)
    case 'sum':
      return folded(list, where, body!, (values) => total(values, node))
    case 'min':
      return folded(list, where, body!, (values) => values.toSorted(order)[0])
    case 'max':
      return folded(list, where, body!, (values) => values.toSorted(order).at(-1))
    case 'median':
      return folded(list, where, body!, (values) => median(values, scaleOf(node) - scaleOf(node.body!)))
    case 'distinct':
      return folded(list, where, body!, (values) => new Set(values).size)
    case 'only':
      return folded(list, where, body!, (values) => (values.length === 1 ? values[0] : undefined))
    case 'first':
    case 'last':
      return sorted(list, where, body!, closureOf(node.sort!), node.fold)
    case 'largest':
    case 'smallest':
      return taken(node, where, body!, closureOf(node.take!))
  }
}

function quantifier(list: string, test: Run, decides: boolean): Run {
  return (record, _, around) => {
    const items = itemsOf(record, list)
    if (items === undefined) return undefined
    let unknown = false
    for (let at = 0; at < items.length; at++) {
      const value = test(record, items[at] ?? NO_ANSWERS, around)
      if (value === decides) return decides
      if (value === undefined) unknown = true
    }
    return unknown ? undefined : !decides
  }
}

/** Two hits settle it as false whatever is still unknown. */
function existsOne(list: string, test: Run): Run {
  return (record, _, around) => {
    const items = itemsOf(record, list)
    if (items === undefined) return undefined
    let hits = 0
    let unknown = false
    for (let at = 0; at < items.length; at++) {
      const value = test(record, items[at] ?? NO_ANSWERS, around)
      if (value === true && ++hits === 2) return false
      if (value === undefined) unknown = true
    }
    return unknown ? undefined : hits === 1
  }
}

function count(list: string, where: Run | null): Run {
  return (record, _, around) => {
    const items = itemsOf(record, list)
    if (items === undefined || where === null) return items?.length
    let hits = 0
    for (let at = 0; at < items.length; at++) {
      const value = where(record, items[at] ?? NO_ANSWERS, around)
      if (value === undefined) return undefined
      if (value) hits++
    }
    return hits
  }
}

/** The kept values of the list, or UNKNOWN when a filter or a value is. */
function valuesOf(list: string, where: Run | null, body: Run) {
  return (record: RuleRecord, around: Parameters<Run>[2]): Value[] | undefined => {
    const items = itemsOf(record, list)
    if (items === undefined) return undefined
    const values: Value[] = []
    for (let at = 0; at < items.length; at++) {
      const kept = where === null ? true : where(record, items[at] ?? NO_ANSWERS, around)
      if (kept === undefined) return undefined
      if (!kept) continue
      const value = body(record, items[at] ?? NO_ANSWERS, around)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
}

function folded(list: string, where: Run | null, body: Run, fold: (values: Value[]) => Value): Run {
  const values = valuesOf(list, where, body)
  return (record, _, around) => {
    const kept = values(record, around)
    return kept === undefined ? undefined : fold(kept)
  }
}

/** Whole sums have at most fifteen digits; sums with decimals are as long as they are. */
function total(values: readonly Value[], node: Aggregate): Value {
  let sum: Exact = 0
  for (const value of values) sum = plus(sum, value as Exact)
  return node.type !== 'decimal' && scaleOf(node) === 0 ? within(sum) : sum
}

/** The middle value, or half of the two in the middle together; of none UNKNOWN. */
function median(values: Value[], more: number): Value {
  if (values.length === 0) return undefined
  const ordered = values.toSorted(order) as Exact[]
  const middle = plus(ordered[(ordered.length - 1) >> 1]!, ordered[ordered.length >> 1]!)
  return times(middle, Number(tenTo(more)) / 2)
}

/** The value of the item that sorts first or last; of items that sort alike, the least or greatest value. */
function sorted(list: string, where: Run | null, body: Run, key: Run, which: 'first' | 'last'): Run {
  const values = valuesOf(list, where, body)
  const keys = valuesOf(list, where, key)
  return (record, _, around) => {
    const [own, by] = [values(record, around), keys(record, around)]
    if (own === undefined || by === undefined || own.length === 0) return undefined
    const places = own.map((_value, at) => at).sort((a, b) => order(by[a], by[b]) || order(own[a], own[b]))
    return own[places.at(which === 'first' ? 0 : -1)!]
  }
}

/** The sum of the k largest or smallest values; of fewer than k, of all of them; of k below 1, nothing. */
function taken(node: Aggregate, where: Run | null, body: Run, take: Run): Run {
  const values = valuesOf(node.list, where, body)
  return (record, item, around) => {
    const kept = values(record, around)
    const most = take(record, item, around) as number | undefined
    if (kept === undefined || most === undefined) return undefined
    const ordered = kept.toSorted(node.fold === 'largest' ? (a, b) => order(b, a) : order)
    return total(ordered.slice(0, Math.max(0, most)), node)
  }
}
