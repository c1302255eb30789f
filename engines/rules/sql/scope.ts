import type { Dialect } from './dialect.ts'
import type { Aggregate, Node, Parameter } from '../tree.ts'

/** Where an expression stands: how it names answers, parameters and the aggregates made below it. */
export type SqlScope = {
  dialect: Dialect
  /** The node as SQL: sqlOf, given along so that its parts need not import the whole. */
  of: (node: Node, scope: SqlScope) => string
  read: (list: string | null, node: Node & { op: 'read' | 'has' }) => string
  parameter: (node: Parameter) => string
  referenceDate: () => string
  referenceNumber: () => string
  hasList: (list: string) => string
  aggregate: (node: Aggregate) => string
  /** How far a fold reaches while answers are missing; NULL where an end has no bound. */
  reach: (node: Aggregate) => SqlRange
  /** The value of a literal or of a parameter that is the same for every household; undefined for anything else. */
  constant: (node: Node) => unknown
  /** A date of birth that is NULL after the reference date, where the scan can give it ready made. */
  born: (node: Node) => string | undefined
  /** The reference date where it is the same for every household. */
  fixed_date: string | undefined
}

export type SqlRange = { low: string; high: string }

/** What a list's one aggregation gives to the folds over it. */
export type ListColumns = {
  /** The column of an aggregate function; NULL where the household has no item. */
  column: (aggregate: string) => string
  /** TRUE where the test holds for some item, else FALSE. Fifty tests share one aggregate. */
  some: (test: string) => string
  /** How many items the test holds for. */
  count: (test: string) => string
}
