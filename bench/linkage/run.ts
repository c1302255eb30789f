// npm run bench:linkage [-- --sets a,b,c,d --rounds N --gate --no-gate --threads 2 --memory 10GB --fresh --json --json-file F]
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cleanUp, findSplink, OURS, runOnce } from './contestants.ts'
import type { Contestant, Run } from './contestants.ts'
import { accuracyOf, agreementOf, gatePasses } from './judge.ts'
import type { Agreement } from './judge.ts'
import { DATA_SETS, prepareData } from './prepare.ts'
import type { Data } from './prepare.ts'
import { lineOf, tableOf, verdictOf } from './report.ts'
import type { Line, Verdict } from './report.ts'
import { readSpec } from './spec.ts'

/** The letters of the four end-to-end comparisons; any data set's own name does as well. */
const LETTERS: Record<string, string[]> = {
  a: ['lists_1m'],
  b: ['lists_5m'],
  c: ['historical_50k'],
  d: ['febrl3', 'febrl4'],
}
/** Small data that the gate runs on first. */
const GATE_SETS = ['fake_1000', 'febrl4', 'lists_100k']

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: 'c,d' },
    rounds: { type: 'string', default: '1' },
    /** The gate alone; or, while working on speed, without it. */
    gate: { type: 'boolean', default: false },
    'no-gate': { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    memory: { type: 'string', default: '10GB' },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'json-file': { type: 'string' },
  },
})
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`)
const machine = { threads: Number(values.threads), memory: values.memory }
const rounds = Number(values.rounds)

type GateResult = Agreement & { data: string; against: string; version: string; passes: boolean }
type SetResult = { data: string; records: string; lines: Line[]; verdict: Verdict | null; runs: Run[] }

/** Splink's learnt model, prior and shares in ours: the same pairs must be kept at the same weights. */
async function gate(data: Data, rivals: readonly Contestant[]): Promise<GateResult[]> {
  const results: GateResult[] = []
  for (const rival of rivals) {
    const theirs = await runOnce(rival, data, machine)
    const ours = await runOnce(OURS, data, machine, theirs.folder)
    const dedupe = readSpec(data.spec).link_type === 'dedupe_only'
    const agreement = await agreementOf(
      join(ours.folder, 'pairs.parquet'),
      join(theirs.folder, 'pairs.parquet'),
      dedupe,
    )
    results.push({
      data: data.name,
      against: rival.name,
      version: theirs.version,
      ...agreement,
      passes: gatePasses(agreement),
    })
    const { passes, only_ours, only_theirs, greatest_difference } = results.at(-1)!
    say(
      `gate ${data.name} against ${rival.name} (${theirs.version}): ${passes ? 'same' : 'NOT THE SAME'}: ${agreement.ours} pairs kept, ` +
        `${only_ours} by ours alone, ${only_theirs} by theirs alone, weights within ${greatest_difference.toExponential(1)} bits`,
    )
  }
  return results
}

/** All contestants in turn, each round beginning with another, so that none has the quiet hours to itself. */
async function measure(data: Data, contestants: readonly Contestant[]): Promise<SetResult> {
  const spec = readSpec(data.spec)
  const runs: Run[] = []
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const run = await runOnce(contestants[(i + round) % contestants.length]!, data, machine)
      runs.push(run)
      const stages = Object.entries(run.stages).map(
        ([name, { wall, cpu }]) => `${name} ${wall.toFixed(1)}/${cpu.toFixed(1)}`,
      )
      say(
        `${data.name} round ${round + 1} ${run.contestant}: wall/CPU s ${stages.join(', ')}; peak ${Math.round(run.peak_mb)} MB; load before ${run.load.toFixed(1)}`,
      )
    }
  }
  const lines: Line[] = []
  for (const { name } of contestants) {
    const mine = runs.filter((run) => run.contestant === name)
    const truth = join(data.folder, 'truth.parquet')
    const dedupe = spec.link_type === 'dedupe_only'
    lines.push(
      lineOf(
        mine,
        await accuracyOf(join(mine.at(-1)!.folder, 'pairs.parquet'), truth, dedupe, spec.cluster_probability),
      ),
    )
  }
  const [ours, ...rivals] = lines
  return { data: data.name, records: data.records, lines, verdict: verdictOf(ours!, rivals), runs }
}

async function ready(name: string): Promise<Data | null> {
  const data = await prepareData(name)
  if (!data) say(`${name} is left out: ../shared/reference/linkage is not here`)
  return data
}

const sets = values.sets === 'none' ? [] : values.sets.split(',').flatMap((name) => LETTERS[name] ?? [name])
const unknown = sets.filter((name) => !DATA_SETS[name])
if (unknown.length > 0)
  throw new RangeError(`no data set ${unknown.join(', ')}: a, b, c, d or ${Object.keys(DATA_SETS).join(', ')}`)

const { found: rivals, reasons } = findSplink({ fresh: values.fresh })
for (const reason of reasons) say(`Splink is not measured: ${reason}`)
if (rivals.length === 0) say('Ours is measured alone.')
say(
  `${machine.threads} threads, ${machine.memory}; load ${loadavg()[0]!.toFixed(1)}; ${rivals.map((x) => `${x.name} = ${x.version}`).join(', ')}`,
)

const gates: GateResult[] = []
if (values['no-gate']) say('The gate was not run: nothing here may be quoted.')
for (const name of rivals.length > 0 && !values['no-gate'] ? GATE_SETS : []) {
  const data = await ready(name)
  if (data) gates.push(...(await gate(data, rivals)))
}
const results: SetResult[] = []
for (const name of values.gate ? [] : sets) {
  const data = await ready(name)
  if (data) results.push(await measure(data, [OURS, ...rivals]))
  if (data) say(`\n${tableOf(results.at(-1)!.data, results.at(-1)!.records, results.at(-1)!.lines)}`)
}
const report = { made: new Date().toISOString(), machine, reasons, gates, results }
if (values['json-file']) writeFileSync(values['json-file'], `${JSON.stringify(report, null, 2)}\n`)
if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
cleanUp()
if (gates.some((result) => !result.passes)) {
  say('The gate does not hold: the two sides do not do the same thing, and no speed may be quoted from this run.')
  process.exitCode = 1
}
