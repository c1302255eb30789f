// One partition of linking 100 million x 100 million people, measured, and the whole estimated from it:
// node bench/linkage/scale_partition.ts --lists <folder with register.parquet, survey.parquet of a million people>
//   --folder <work folder> [--millions 100] [--pass 3] [--memory 11GB] [--json]
// Writes the coded rows of that size first (skipped where the folder holds them), then runs one pass of all rules in a
// process of its own. Other stages are added from --coding and --rest (CPU seconds a million records) and --cores (CPU
// seconds a second of wall); SCALE.md says where their defaults come from. Exit code 65: the folder's disk is too small.
import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { passesOf } from '#engines/linkage/pairs/block.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { NoRoomError, writeRows } from './partition_rows.ts'
import type { PassResult, Stage } from './partition_pass.ts'

const USAGE = 64
const NO_ROOM = 65

/** CPU seconds and seconds of the whole, by what they come from; `measured` parts were run, the others are a formula. */
export type Estimate = {
  parts: { name: string; measured: boolean; wall: number; cpu: number }[]
  wall: number
  cpu: number
}
export type EstimateInput = { millions: number; coding: number; rest: number; cores: number }

/** Bytes of all files below a folder. */
async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = files.filter((x) => x.isFile()).map(async (x) => (await stat(join(x.parentPath, x.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

const sum = (stages: readonly Stage[], of: 'wall' | 'cpu') => stages.reduce((total, stage) => total + stage[of], 0)

/** Pairs of all passes, if each makes as many as this one. */
export function pairsOfAll({ passes, rules, compare }: PassResult): number {
  return rules.reduce(
    (total, { compared, rows }) => total + (compared ? rows * passes.first : 0),
    compare.rows * passes.others,
  )
}

/** The whole run from one pass of it: what a pass does, times the passes; what is done once; the rest by the million. */
export function estimateWhole(pass: PassResult, { millions, coding, rest, cores }: EstimateInput): Estimate {
  const { passes, rules, compare, gather, finish, once } = pass
  const first = rules.filter((rule) => rule.compared)
  const others = [...rules.filter((rule) => !rule.compared), compare]
  const pairs = pass.pairs > 0 ? pairsOfAll(pass) / pass.pairs : 0
  const all = (of: 'wall' | 'cpu') =>
    passes.first * sum(first, of) + passes.others * sum(others, of) + pairs * sum([gather, finish], of)
  const byMillion = (name: string, cpu: number) => ({
    name,
    measured: false,
    wall: (cpu * millions) / cores,
    cpu: cpu * millions,
  })
  const parts = [
    byMillion(`reading and coding ${millions.toFixed(1)} million records at ${coding} CPU s`, coding),
    {
      name: 'counting pairs, texts of open pairs',
      measured: true,
      wall: sum(Object.values(once), 'wall'),
      cpu: sum(Object.values(once), 'cpu'),
    },
    { name: `${passes.first} passes like this one`, measured: true, wall: all('wall'), cpu: all('cpu') },
    byMillion(`random pairs, training, weights, households, links at ${rest} CPU s`, rest),
  ]
  const total = (of: 'wall' | 'cpu') => parts.reduce((all, part) => all + part[of], 0)
  return { parts, wall: total('wall'), cpu: total('cpu') }
}

function lineOf(name: string, { wall, cpu, rows, read_bytes }: Stage): string {
  return `  ${name}: ${rows} rows, ${wall.toFixed(1)} s wall, ${cpu.toFixed(1)} s CPU, ${(read_bytes / 1e9).toFixed(1)} GB from the disk`
}

/** The command; returns its exit code. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      millions: { type: 'string', default: '100' },
      lists: { type: 'string' },
      folder: { type: 'string' },
      pass: { type: 'string' },
      memory: { type: 'string', default: '11GB' },
      coding: { type: 'string', default: '6.5' },
      rest: { type: 'string', default: '5.3' },
      cores: { type: 'string', default: '1.6' },
      json: { type: 'boolean', default: false },
    },
  })
  const { lists, folder, memory } = values
  const copies = Number(values.millions)
  if (!lists || !folder || !Number.isInteger(copies) || copies < 1) {
    console.error('--lists, --folder and a whole number of --millions are needed')
    return USAGE
  }
  const say = (line: string) => console.error(line)
  const rows = await writeRows({ lists, folder, copies, memory_limit: memory, say }, chinesePersonModel())
  const records = copies * (rows.people.left + rows.people.right)
  const { others: passes } = passesOf(records)
  const pass = Number(values.pass ?? Math.min(3, passes - 1))
  if (!(pass >= 0 && pass < passes)) {
    console.error(`${records} records take ${passes} passes: --pass is 0 to ${passes - 1}`)
    return USAGE
  }
  const program = [join(import.meta.dirname, 'partition_pass.ts'), folder, String(pass), memory]
  const child = promisify(execFile)(process.execPath, program, { maxBuffer: 1e8 })
  child.child.stderr?.pipe(process.stderr)
  const found = JSON.parse((await child).stdout) as PassResult
  const input = {
    millions: records / 1e6,
    coding: Number(values.coding),
    rest: Number(values.rest),
    cores: Number(values.cores),
  }
  const estimate = estimateWhole(found, input)
  const disk_bytes = await bytesIn(folder)
  if (values.json) {
    console.log(JSON.stringify({ rows, ...found, input, estimate, disk_bytes }, null, 2))
    return 0
  }
  const each = [...found.rules, found.compare, found.gather, found.finish]
  const open = found.once.texts.rows
  console.log(`${copies} x ${rows.people.left} and ${copies} x ${rows.people.right} coded records of ${rows.bytes_a_row} bytes
Pass ${pass} of 0 to ${passes - 1}, rule by rule:
${found.rules.map((rule) => lineOf(`${rule.rule} (scanned, joined${rule.compared ? ' and compared' : ''})`, rule)).join('\n')}
${lineOf('pairs of all rules but the first, compared', found.compare)}
${lineOf('pairs gathered', found.gather)}
${lineOf('pairs that SQL leaves open, compared in JavaScript', found.finish)}
  the pass: ${found.pairs} pairs, ${sum(each, 'wall').toFixed(1)} s wall, ${sum(each, 'cpu').toFixed(1)} s CPU
Once for the run:
${lineOf('pairs of each rule counted', found.once.count)}
${lineOf('texts of records in open pairs found', found.once.texts)}
Peak memory of the process ${(found.peak_mb / 1024).toFixed(2)} GB with a limit of ${memory} for DuckDB; ${folder} holds ${(disk_bytes / 1e9).toFixed(1)} GB
The whole of ${input.millions.toFixed(1)} million records, estimated:
${estimate.parts.map((part) => `  ${part.name} (${part.measured ? 'measured' : `formula, ${input.cores} cores busy`}): ${(part.wall / 60).toFixed(1)} min wall, ${(part.cpu / 60).toFixed(1)} min CPU`).join('\n')}
  together ${(estimate.wall / 60).toFixed(1)} min wall, ${(estimate.cpu / 60).toFixed(1)} min CPU
It rests on: every pass being like this one; ${(pairsOfAll(found) / records).toFixed(2)} pairs a record as in the lists of one copy (longer real lists bring more pairs of common names); ${open} records with open pairs a pass, whose texts Node holds at once, of the run ${open * passes}; the stages by the million growing straight on, without what sorting and grouping on disk add.`)
  return 0
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    if (!(error instanceof NoRoomError)) throw error
    console.error(error.message)
    process.exitCode = NO_ROOM
  }
}
