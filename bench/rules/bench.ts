// Rule evaluations a second, ours beside three others, and who gives the right answers. `npm run bench:rules`.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { CASES, households } from './cases.ts'
import { CONTESTANTS } from './contestants.ts'
import type { Case } from './cases.ts'
import type { Contestant } from './contestants.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '7' } },
})
const ROUNDS = Number(values.rounds)
const SLICE_MS = 120
const COUNT = 2000
const MISSING = 0.1

const DATA = {
  complete: households(COUNT, 0, 1, 'absent'),
  missing_absent: households(COUNT, MISSING, 2, 'absent'),
  missing_null: households(COUNT, MISSING, 2, 'null'),
}

type Entry = {
  rule: Case
  contestant: Contestant
  run: (prepared: never) => boolean | null
  records: { complete: never[]; missing_absent: never[] }
  per_second: { complete: number[]; missing_absent: number[] }
  wrong: { complete: number; missing_absent: number; missing_null: number }
}

const entries: Entry[] = CASES.flatMap((rule) =>
  CONTESTANTS.map((contestant) => {
    const run = contestant.plan(rule)
    const prepared = (data: keyof typeof DATA) => DATA[data].map((record) => contestant.prepare(record) as never)
    const wrong = (data: keyof typeof DATA) =>
      prepared(data).filter((record, index) => run(record) !== rule.byHand(DATA[data][index]!)).length
    return {
      rule,
      contestant,
      run,
      records: { complete: prepared('complete'), missing_absent: prepared('missing_absent') },
      per_second: { complete: [], missing_absent: [] },
      wrong: {
        complete: wrong('complete'),
        missing_absent: wrong('missing_absent'),
        missing_null: wrong('missing_null'),
      },
    }
  }),
)

let kept = 0
/** Evaluations a second of processor time: other work on the machine does not count. */
function speed(run: (prepared: never) => boolean | null, records: never[]): number {
  const started = performance.now()
  const before = process.cpuUsage()
  let evaluations = 0
  do {
    for (const record of records) if (run(record) === true) kept++
    evaluations += records.length
  } while (performance.now() - started < SLICE_MS)
  const { user, system } = process.cpuUsage(before)
  return evaluations / ((user + system) / 1e6)
}

// Turn by turn, so that a slow moment of the machine falls on all; the first round warms up and is not counted.
for (let round = 0; round <= ROUNDS; round++) {
  for (const { run, records, per_second } of entries) {
    for (const data of ['complete', 'missing_absent'] as const) {
      const measured = speed(run, records[data])
      if (round > 0) per_second[data].push(measured)
    }
  }
  console.error(`round ${round} of ${ROUNDS}`)
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
const rows = entries.map(({ rule, contestant, per_second, wrong }) => {
  const own = entries.find((entry) => entry.rule === rule && entry.contestant.name === 'doorstep')!
  return {
    rule: rule.name,
    engine: contestant.name,
    per_second: Math.round(median(per_second.complete)),
    ours_is_times: Math.round((100 * median(own.per_second.complete)) / median(per_second.complete)) / 100,
    per_second_missing: Math.round(median(per_second.missing_absent)),
    wrong_complete: wrong.complete,
    wrong_missing_absent: wrong.missing_absent,
    wrong_missing_null: wrong.missing_null,
  }
})
const result = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  households: COUNT,
  members: DATA.complete.reduce((sum, record) => sum + (record.members as unknown[]).length, 0) / COUNT,
  missing_share: MISSING,
  rounds: ROUNDS,
  true_share: Object.fromEntries(
    CASES.map(({ name, byHand }) => [name, DATA.complete.filter((record) => byHand(record) === true).length / COUNT]),
  ),
  results: rows,
}
if (values.json) console.log(JSON.stringify(result, null, 2))
else console.table(rows)
if (kept === 0) throw new Error('no rule was ever true: the measurement means nothing')
if (rows.some((row) => row.engine === 'doorstep' && row.wrong_complete + row.wrong_missing_absent > 0))
  process.exitCode = 1
