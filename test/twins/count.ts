// What stands in the registry, as figures: rows of every table, by their states, with the sums of money and votes. What
// one sending adds and what ten at once add must be the same.
import { sql } from 'kysely'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'

/** Records of what was asked and looked at, not of what was done: every asking adds to them. */
const ASKED = ['audit_event', 'audit_head', 'job_run', 'match_run', 'session', 'schema_migration', 'setting']
/** Of the whole county, written by whoever comes first: no village has it of its own. */
const OF_COUNTY = ['household_serial', 'assessed_rules', 'assessment_turn', 'match_record_seen', 'plan_lot']
/** A list brought twice is on record twice; what it brought is counted. */
const BROUGHT = ['import_batch']
/** Told apart by these, where a table has them. */
const KINDS = ['state', 'status', 'kind', 'passed', 'funded', 'stage', 'severity']
const SUMS: Record<string, string[]> = {
  delivery: ['quantity', 'cost'],
  income_ledger: ['amount'],
  appraisal_vote: ['votes_for', 'votes_against', 'votes_abstain'],
  plan: ['cost', 'income_gain'],
  plan_item: ['cost'],
  measure_budget: ['amount'],
  measure_place: ['places'],
  household: ['household_size'],
  import_batch: ['rows_accepted'],
}

export type Figures = Map<string, number>

/** Builds the one statement that counts everything, and returns what asks it. */
export async function counter(registry: Registry): Promise<() => Promise<Figures>> {
  const { rows: columns } = await registry.pools.owner.query<{ table: string; name: string; nullable: boolean }>(
    `select c.relname as table, a.attname as name, not a.attnotnull as nullable
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'doorstep'::regnamespace and c.relkind = 'r' order by 1, a.attnum`,
  )
  const parts = [...Map.groupBy(columns, (column) => column.table)]
    .filter(([table]) => !ASKED.includes(table) && !OF_COUNTY.includes(table))
    .flatMap(([table, own]) => {
      const names = own.map((column) => column.name)
      const kinds = KINDS.filter((kind) => names.includes(kind))
      const label = kinds.length === 0 ? `''` : `concat_ws(' ', ${kinds.map((kind) => `${kind}::text`).join(', ')})`
      const filled = own.filter((column) => column.nullable && /(_at|_to|_on|_into)$/.test(column.name))
      const figure = (what: string, value: string) =>
        `select '${table} ' || ${label} || '${what}' as what, (${value})::float8 as figure from ${table} group by ${label}`
      return [
        ...(BROUGHT.includes(table) ? [] : [figure('', 'count(*)')]),
        ...filled.map(({ name }) => figure(` ${name}`, `count(${name})`)),
        ...(SUMS[table] ?? []).map((name) => figure(` sum of ${name}`, `sum(${name})`)),
      ]
    })
  const statement = parts.join('\nunion all ').replaceAll(" group by ''", '')
  return async () => {
    const { rows } = await registry.pools.owner.query<{ what: string; figure: number | null }>(statement)
    return new Map(rows.map((row) => [row.what, row.figure ?? 0]))
  }
}

/** What became more or less, by name. */
export function between(before: Figures, after: Figures): Record<string, number> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return Object.fromEntries(
    names
      .map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)] as const)
      .filter(([, change]) => change !== 0),
  )
}

/** Rows as the program itself sees them, for steps that need a number they were not told. */
export async function seen<Row>(registry: Registry, statement: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  return await transactRead(registry, { ...SYSTEM, role: 'auditor' }, async (tx) => (await statement.execute(tx)).rows)
}
