// The types that the package promises: a change of one is a new version. What is compiled (`CompiledRule`) is plain JSON,
// and may be stored.
export type { AreaStatistic, AreaTables } from './area-statistics.ts'
export type { Claims, Contradiction } from './contradict/contradict.ts'
export type { Search, Witness } from './contradict/witness.ts'
export type { DecisionTable, TableProblem } from './decision-table.ts'
export type { Explanation, PlainValue } from './explain.ts'
export type { DatedParameter, DatedValue, ParameterProblem, ParameterValues } from './parameters.ts'
export type { Outcome } from './run/evaluate.ts'
export type { FieldKind, FieldType, ParameterType, RuleRecord, RuleSchema } from './schema.ts'
export type { DialectName } from './sql/dialect.ts'
export type { ListTable, NamedRule, SqlOptions } from './sql/sql.ts'
export type { CompiledRule, Node, Place, RuleProblem, RuleProblemCode } from './tree.ts'
