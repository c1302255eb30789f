// One pass over the rows of partition_rows.ts by the engine's own statements, in a process of its own, so that its peak
// memory is its own: node partition_pass.ts <work folder> <pass> <memory> [records a pass]; prints one line of JSON.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { block, passesOf, RECORDS_A_PASS } from '#engines/linkage/pairs/block.ts'
import { planEncoding } from '#engines/linkage/pairs/encode.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { openSession } from '#engines/linkage/session/session.ts'
import { openViews } from './partition_rows.ts'
import type { PartitionRows } from './partition_rows.ts'

/** Wall and CPU seconds of the steps of one kind, rows that they wrote and bytes that came from the disk meanwhile. */
export type Stage = { wall: number; cpu: number; rows: number; read_bytes: number }

export type PassResult = {
  /** Of the first rule and of the others: the same from 37 million records up. */
  passes: { first: number; others: number }
  pass: number
  /** Once for the run: `count` of the rules' pairs, `texts` of the pairs that JavaScript compares. */
  once: { count: Stage; texts: Stage }
  /** Of this pass: each rule by its keys (the first one with its comparison), then what all have in common. */
  rules: (Stage & { rule: string; compared: boolean })[]
  compare: Stage
  gather: Stage
  finish: Stage
  pairs: number
  peak_mb: number
}

export type PassOptions = { folder: string; pass: number; memory_limit: string; records_a_pass?: number }

const nothing = (): Stage => ({ wall: 0, cpu: 0, rows: 0, read_bytes: 0 })

/** Runs pass `pass` (0..) of all rules over the rows in `folder`. Leaves its pairs there as lk_compared. */
export async function runPass(options: PassOptions, say: (line: string) => void = () => {}): Promise<PassResult> {
  const { folder, pass, memory_limit, records_a_pass = RECORDS_A_PASS } = options
  const rows = JSON.parse(await readFile(join(folder, 'partition.json'), 'utf8')) as PartitionRows
  const model = chinesePersonModel()
  const plan = planEncoding(model, false)
  const result: PassResult = {
    passes: passesOf(rows.copies * (rows.people.left + rows.people.right), records_a_pass),
    pass,
    once: { count: nothing(), texts: nothing() },
    rules: model.blocking_rules.map((rule) => ({ rule: rule.join(', '), compared: false, ...nothing() })),
    compare: nothing(),
    gather: nothing(),
    finish: nothing(),
    pairs: 0,
    peak_mb: 0,
  }
  const stageOf = (table: string): Stage => {
    const rule = /^lk_pairs_(\d+)(_|$)/.exec(table)
    if (rule) return result.rules[Number(rule[1])]!
    if (table.startsWith('lk_pairs_others')) return result.compare
    if (table === 'lk_pairs') return result.gather
    if (/^lk_(records|seen|rules)/.test(table)) return result.once.count
    return /^lk_compared_(left|right)$/.test(table) ? result.once.texts : result.finish
  }
  let [before, cpu, read] = [performance.now(), process.cpuUsage(), process.resourceUsage().fsRead]
  const session = await openSession({
    work_dir: folder,
    threads: 2,
    memory_limit,
    temp_directory: join(folder, 'spill'),
    on_step: ({ table, rows: made }) => {
      const [now, used, blocks] = [performance.now(), process.cpuUsage(), process.resourceUsage().fsRead]
      const stage = stageOf(table)
      const spent = (used.user + used.system - cpu.user - cpu.system) / 1e6
      stage.wall += (now - before) / 1000
      stage.cpu += spent
      stage.rows += made
      stage.read_bytes += (blocks - read) * 512
      say(`${table}: ${made} rows, ${((now - before) / 1000).toFixed(1)} s, ${spent.toFixed(1)} CPU s`)
      ;[before, cpu, read] = [now, used, blocks]
    },
  })
  try {
    await openViews(session, plan, rows)
    // no limit of pairs: the count is taken, and nothing is refused
    const made = await block(
      { session, model, encoded: plan },
      { max_pairs: Number.MAX_VALUE, records_a_pass, only_pass: pass },
    )
    const first = made.counts.findIndex(({ pairs, estimated }) => pairs > 0 || estimated)
    if (first >= 0) result.rules[first]!.compared = true
    result.pairs = made.pairs
  } finally {
    await session.close()
  }
  result.peak_mb = process.resourceUsage().maxRSS / 1024
  return result
}

if (import.meta.main) {
  const [folder, pass, memory_limit, each] = process.argv.slice(2) as [string, string, string, string | undefined]
  const result = await runPass(
    { folder, pass: Number(pass), memory_limit, ...(each ? { records_a_pass: Number(each) } : {}) },
    (line) => console.error(line),
  )
  console.log(JSON.stringify(result))
}
