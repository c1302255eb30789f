// What the run and the tests' process say to each other: a plan on the way in, lines of records on the way out.
import { z } from 'zod'

const plan = z.object({
  /** `switch`: every test once without mutants, then once for each live mutant that it reaches. `one`: the mutant of MUTANT is on. */
  mode: z.enum(['switch', 'one']),
  records: z.string(),
  /** Mutants that need no more tests. */
  decided: z.array(z.number()),
  /** Names of tests that are not to be run: they fail without mutants, or do not reach the one that is on. */
  left_out: z.array(z.string()),
  /** `id test`: mutants that this test has let live in an earlier process. */
  let_live: z.array(z.string()).default([]),
  /** Of a test without mutants, in milliseconds: slower ones are not run for each mutant. */
  slow: z.number(),
})
export type Plan = z.infer<typeof plan>
export const readPlan = (text: string): Plan => plan.parse(JSON.parse(text))

const record = z.discriminatedUnion('type', [
  /** This test reaches these mutants; `slow` where it is not run for each. */
  z.object({
    type: z.literal('reached'),
    test: z.string(),
    file: z.string(),
    ids: z.array(z.number()),
    slow: z.boolean(),
  }),
  /** Reached outside tests: while files are loaded, or in what is done before tests. */
  z.object({ type: z.literal('outside'), file: z.string(), ids: z.array(z.number()) }),
  z.object({ type: z.literal('start'), id: z.number(), test: z.string(), limit: z.number(), at: z.number() }),
  z.object({ type: z.literal('alive'), id: z.number(), test: z.string() }),
  /** The test has been run with all that it reaches. */
  z.object({ type: z.literal('finished'), test: z.string() }),
  z.object({ type: z.literal('killed'), id: z.number(), test: z.string() }),
  z.object({ type: z.literal('timeout'), id: z.number(), test: z.string() }),
  /** The test no longer passes without mutants: what these did outlives them, so nothing they showed counts. */
  z.object({ type: z.literal('doubtful'), ids: z.array(z.number()), test: z.string() }),
  /** Fails without any mutant. */
  z.object({ type: z.literal('broken'), test: z.string(), message: z.string() }),
  z.object({ type: z.literal('done'), file: z.string() }),
])
export type PlanRecord = z.infer<typeof record>
export const readRecords = (text: string): PlanRecord[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => record.parse(JSON.parse(line)))
