import { DECIMAL_LIMIT, DECIMAL_SCALE, WHOLE_LIMIT } from './schema.ts'
import type { RuleRecord } from './schema.ts'
import type { Run, Value } from './closures.ts'
import type { Aggregate } from './tree.ts'

/** An item that is null is an item without answers, as a row of NULLs is. */
const NO_ANSWERS: RuleRecord = Object.freeze({})

const itemsOf = (record: RuleRecord, list: string): RuleRecord[] | undefined => {
  const items = record[list]
  return Array.isArray(items) ? (items as RuleRecord[]) : undefined
}

/** Folds over a declared list. No list at all is UNKNOWN; an empty list is a value. */
export function foldClosure(node: Aggregate, where: Run | null, body: Run | null): Run {
  const { list } = node
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
      return sum(list, where, body!, node.type === 'decimal')
    case 'min':
      return extreme(list, where, body!, 1)
    case 'max':
      return extreme(list, where, body!, -1)
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
  return (record: RuleRecord, around: Parameters<Run>[2]): number[] | undefined => {
    const items = itemsOf(record, list)
    if (items === undefined) return undefined
    const values: number[] = []
    for (let at = 0; at < items.length; at++) {
      const kept = where === null ? true : where(record, items[at] ?? NO_ANSWERS, around)
      if (kept === undefined) return undefined
      if (!kept) continue
      const value = body(record, items[at] ?? NO_ANSWERS, around)
      if (value === undefined) return undefined
      values.push(value as number)
    }
    return values
  }
}

/** Decimals are summed as whole millionths, so the sum depends neither on the order nor on the back end. */
function sum(list: string, where: Run | null, body: Run, decimal: boolean): Run {
  const values = valuesOf(list, where, body)
  return (record, _, around) => {
    const kept = values(record, around)
    if (kept === undefined) return undefined
    let total = 0
    let exact = true
    for (let at = 0; at < kept.length; at++) {
      if (decimal) {
        if (Math.abs(kept[at]!) > DECIMAL_LIMIT) return undefined
        kept[at] = Math.floor(kept[at]! * DECIMAL_SCALE + 0.5)
      }
      total += kept[at]!
      exact &&= Number.isSafeInteger(total)
    }
    if (!exact) total = Number(kept.reduce((sum, value) => sum + BigInt(value), 0n))
    if (Math.abs(total) > WHOLE_LIMIT) return undefined
    return (decimal ? total / DECIMAL_SCALE : total) + 0
  }
}

/** The least (sign 1) or greatest (-1) value; of an empty list UNKNOWN. */
function extreme(list: string, where: Run | null, body: Run, sign: 1 | -1): Run {
  const values = valuesOf(list, where, body)
  return (record, _, around): Value => {
    const kept = values(record, around)
    if (kept === undefined || kept.length === 0) return undefined
    return kept.reduce((best, value) => ((value - best) * sign < 0 ? value : best))
  }
}
