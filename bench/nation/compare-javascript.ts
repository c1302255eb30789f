// Our own evaluator, household by household, beside the compiled statement: the same answers from another back end.
import type { RuleRecord } from '#engines/rules/schema.ts'
import { ask, complete, withStates, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import { rowsOf, type Duck } from '#synthetic/duck.ts'
import { clocked } from './measure.ts'

export type JavaScriptRun = {
  households: number
  seconds: number
  cpu_seconds: number
  verdicts: [household_id: number, verdict: string][]
}

/** The first `sample` households of the tables of `duck`, by id, as the evaluator takes them. */
export async function recordsOf(duck: Duck, sample: number): Promise<Map<number, RuleRecord>> {
  const read = (table: string) =>
    rowsOf<RuleRecord & { household_id: number }>(duck, `select * from ${table} where household_id <= ${sample}`)
  const members = Map.groupBy(await read('members'), (row) => row.household_id)
  const registers = Map.groupBy(await read('registers'), (row) => row.household_id)
  const households = (await read('households')).sort((a, b) => a.household_id - b.household_id)
  return new Map(
    households.map((row) => {
      const id = row.household_id
      return [id, { ...row, members: members.get(id) ?? [], registers: registers.get(id) ?? [] }]
    }),
  )
}

/** Verdicts of the first `sample` households; reading them is outside the time. */
export async function runJavaScript(
  duck: Duck,
  book: Rulebook,
  at: Standpoint,
  sample: number,
): Promise<JavaScriptRun> {
  const records = await recordsOf(duck, sample)
  const { result, seconds, cpu_seconds } = await clocked(async () =>
    [...records].map(([id, record]): [number, string] => [id, verdictOf(book, record, at)]),
  )
  return { households: records.size, seconds, cpu_seconds, verdicts: result }
}

/** As assessRecord decides (`cycle/03-assess/judge/assess.ts`), without its sentences in two languages. */
function verdictOf(book: Rulebook, record: RuleRecord, at: Standpoint): string {
  const { compiled } = book
  const whole = complete(book, record, at)
  const indicators = Object.entries(compiled.indicators).map(([code, { met }]) => {
    const { value } = ask(met, whole, at)
    return { code, state: value === null ? ('unknown' as const) : value ? ('met' as const) : ('unmet' as const) }
  })
  const states = withStates(book, whole, indicators)
  if (compiled.priority) ask(compiled.priority, states, at)
  const sign = Object.values(compiled.vetoes)
    .map((ready) => ask(ready, whole, at).value === true)
    .includes(true)
  const code =
    compiled.verdicts.find(({ ready }) => ask(ready, states, at).value === true)?.code ?? 'needs_verification'
  return code === 'eligible' && sign ? 'needs_verification' : code
}
