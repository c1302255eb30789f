// Our engine and three others, each in the form that suits it best: rules are read and planned beforehand, and records
// are turned into what the library likes before the clock runs.
import { celEnv, isCelError, parse as parseCel, plan } from '@bufbuild/cel'
import { parse as parseCelJs } from '@marcbachmann/cel-js'
import { LogicEngine } from 'json-logic-engine'
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { evaluator } from '#engines/rules/run/evaluate.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { PARAMS, SCHEMA } from './cases.ts'
import type { Case } from './cases.ts'

export type Contestant = {
  name: string
  prepare(record: RuleRecord): unknown
  /** One rule as a function of prepared records; null is unknown (the library's error, or no true or false). */
  plan(of: Case): (prepared: never) => boolean | null
}

const REFERENCE_DATE = '2014-12-31'

/** Whole numbers as CEL int: without it 7 / 2 would be 3.5. */
const celValue = (value: unknown): unknown =>
  typeof value === 'number'
    ? BigInt(value)
    : Array.isArray(value)
      ? value.map(celValue)
      : typeof value === 'object' && value !== null
        ? new Map(Object.entries(value).map(([name, each]) => [name, celValue(each)]))
        : value

const topLevel = (record: RuleRecord): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...record, params: PARAMS }).map(([name, value]) => [name, celValue(value)]))

export const CONTESTANTS: Contestant[] = [
  {
    name: 'doorstep',
    prepare: (record) => record,
    plan({ source }) {
      const rule = compileRule(source, SCHEMA, 'bool')
      if (isRefused(rule)) throw new Error(rule[0]!.message)
      const run = evaluator(rule)
      return (record) => run(record, PARAMS, REFERENCE_DATE).value as boolean | null
    },
  },
  {
    name: '@bufbuild/cel 0.6.1',
    prepare: topLevel,
    plan({ source }) {
      const run = plan(celEnv(), parseCel(source))
      return (record) => {
        const value = run(record)
        return isCelError(value) || typeof value !== 'boolean' ? null : value
      }
    },
  },
  {
    name: '@marcbachmann/cel-js 8.0.0',
    prepare: (record) => {
      const plain = (value: unknown): unknown =>
        typeof value === 'number'
          ? BigInt(value)
          : Array.isArray(value)
            ? value.map(plain)
            : typeof value === 'object' && value !== null
              ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
              : value
      return plain({ ...record, params: PARAMS })
    },
    plan({ source }) {
      const run = parseCelJs(source)
      return (record) => {
        try {
          const value: unknown = run(record)
          return typeof value === 'boolean' ? value : null
        } catch {
          return null
        }
      }
    },
  },
  {
    name: 'json-logic-engine 5.0.7',
    prepare: (record) => ({ ...record, params: PARAMS }),
    plan({ json_logic }) {
      const run = new LogicEngine().build(json_logic as object) as (record: never) => unknown
      return (record) => {
        try {
          const value = run(record)
          return typeof value === 'boolean' ? value : null
        } catch {
          return null
        }
      }
    },
  },
]
