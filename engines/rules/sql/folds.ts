import { bigNode, exactSql } from './numbers.ts'
import { scaleOf } from '../run/numbers.ts'
import { tenTo } from '../run/exact.ts'
import { rangeSql } from './ranges.ts'
import type { ListColumns, SqlRange, SqlScope } from './scope.ts'
import type { Dialect } from './dialect.ts'
import type { Aggregate } from '../tree.ts'

/** The value of a fold from the columns of its list's aggregation once the household is joined to them. */
export function foldSql(node: Aggregate, inner: SqlScope, outer: SqlScope, columns: ListColumns): string {
  const { column, some, count } = columns
  const body = node.body === null ? null : inner.of(node.body, inner)
  const where = node.where === null ? null : inner.of(node.where, inner)
  switch (node.fold) {
    case 'exists':
      return `case when ${some(body!)} then true when not ${some(`${body} is null`)} then false end`
    case 'all':
      return `case when ${some(`not ${body}`)} then false when not ${some(`${body} is null`)} then true end`
    case 'exists_one': {
      const hits = count(body!)
      return `case when ${hits} >= 2 then false when not ${some(`${body} is null`)} then ${hits} = 1 end`
    }
    case 'count': {
      if (where === null) return `coalesce(${column('count(*)')}, 0)`
      const hits = count(where)
      return `case when not ${some(`${where} is null`)} then ${hits} end`
    }
    default: {
      const key = node.sort === undefined ? null : inner.of(node.sort, inner)
      const lacks = [body!, ...(key === null ? [] : [key])].map((part) => `${part} is null`).join(' or ')
      const known = `not ${some(where === null ? lacks : `${where} is null or (${where} and (${lacks}))`)}`
      const filter = where === null ? '' : ` filter (where ${where})`
      const made = keptSql(node, body!, key, filter, inner.dialect, columns, (part) => outer.of(part, outer))
      return `case when ${known} then ${made} end`
    }
  }
}

/** How far a count, a sum, a least or a greatest value reaches; folded() of refined.ts as aggregates. */
export function foldRange(node: Aggregate, inner: SqlScope, { column, some, count }: ListColumns): SqlRange {
  const { dialect } = inner
  const where = node.where === null ? null : inner.of(node.where, inner)
  if (node.fold === 'count') {
    const all = `coalesce(${column('count(*)')}, 0)`
    if (where === null) return { low: all, high: all }
    const sure = count(where)
    return { low: sure, high: `(${sure} + ${count(`${where} is null`)})` }
  }
  const { low, high } = rangeSql(node.body!, inner)
  const sure = where === null ? '' : ` filter (where ${where})`
  const perhaps = where === null ? '' : ` filter (where ${where} is not false)`
  if (node.fold === 'sum') {
    const zero = exactSql(0, bigNode(node.body!), dialect)
    const end = (name: 'least' | 'greatest', value: string): string => {
      const part = where === null ? value : `case when ${where} then ${value} else ${name}(${value}, ${zero}) end`
      return totalSql(node, `coalesce(${column(`sum(${part})${perhaps}`)}, 0)`, dialect)
    }
    return { low: end('least', low), high: end('greatest', high) }
  }
  const some_sure = where === null ? undefined : some(where)
  const whole = (end: string): string => (some_sure === undefined ? end : `case when ${some_sure} then ${end} end`)
  return node.fold === 'min'
    ? { low: whole(column(`min(${low})${perhaps}`)), high: whole(column(`min(${high})${sure}`)) }
    : { low: whole(column(`max(${low})${sure}`)), high: whole(column(`max(${high})${perhaps}`)) }
}

function keptSql(
  node: Aggregate,
  body: string,
  key: string | null,
  filter: string,
  dialect: Dialect,
  { column }: ListColumns,
  outside: (node: NonNullable<Aggregate['take']>) => string,
): string {
  const bool = node.body!.type === 'bool'
  const text = node.type === 'text'
  const ordered = text ? dialect.ordered(body) : body
  switch (node.fold) {
    case 'sum':
      return totalSql(node, `coalesce(${column(`sum(${body})${filter}`)}, 0)`, dialect)
    case 'distinct':
      return `coalesce(${column(`count(distinct ${body})${filter}`)}, 0)`
    case 'only': {
      const one = column(bool ? `bool_and(${body})${filter}` : `min(${body})${filter}`)
      return `case when coalesce(${column(`count(*)${filter}`)}, 0) = 1 then ${one} end`
    }
    case 'median': {
      const list = column(dialect.sortedList(body, body, filter, false))
      const length = column(`count(*)${filter}`)
      const at = (index: string): string =>
        `cast(${dialect.at(list, index)} as ${bigNode(node) ? dialect.big : 'bigint'})`
      const half = exactSql(Number(tenTo(scaleOf(node) - scaleOf(node.body!))) / 2, bigNode(node), dialect)
      const whole = (index: string): string => `cast(${dialect.divide(index, '2')} as int)`
      return `((${at(whole(`(${length} + 1)`))} + ${at(whole(`(${length} + 2)`))}) * ${half})`
    }
    case 'first':
    case 'last':
      return dialect.at(
        column(
          dialect.sortedList(
            body,
            `${key}${node.fold === 'last' ? ' desc' : ''}, ${ordered}`,
            filter,
            node.fold === 'last',
          ),
        ),
        '1',
      )
    case 'largest':
    case 'smallest': {
      const list = column(dialect.sortedList(body, body, filter, node.fold === 'largest'))
      const take = outside(node.take!)
      const most = `least(greatest(${take}, 0), 1000000)`
      return `case when ${take} is not null then ${totalSql(node, `coalesce(${dialect.sumOfFirst(list, most)}, 0)`, dialect)} end`
    }
    default:
      return column(`${node.fold}(${body})${filter}`)
  }
}

/** Whole sums have at most fifteen digits; sums with decimals are as long as they are. */
const totalSql = (node: Aggregate, sum: string, dialect: Dialect): string =>
  node.type !== 'decimal' && scaleOf(node) === 0
    ? dialect.within(`cast(${sum} as ${dialect.double})`)
    : `cast(${sum} as ${bigNode(node) ? dialect.big : 'bigint'})`
