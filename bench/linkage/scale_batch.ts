// A day's batch against a prepared left side, in a process of its own: node scale_batch.ts <lists folder> <index folder> [people]
// prepares the index where there is none (with the model's starting values made learnt ones by `train: 'prior'` of no run:
// speed is what is asked here), then links the first so many people of the survey, timed from opening to links as objects.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { linkBatch, prepareIndex } from '#engines/linkage/batch.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'

const [lists, folder, people = '10000'] = process.argv.slice(2) as [string, string, string | undefined]
const seconds = () => {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  return () => {
    const used = process.cpuUsage(cpu)
    return { wall: (performance.now() - started) / 1000, cpu: (used.user + used.system) / 1e6 }
  }
}
if (!existsSync(join(folder, 'index.json'))) {
  const clock = seconds()
  const left = { relation: `read_parquet('${lists}/register*.parquet')` }
  const made = await prepareIndex(left, chinesePersonModel(), { folder, threads: 2, memory_limit: '6GB' })
  console.log(JSON.stringify({ prepared: made.left, ...clock(), peak_mb: process.resourceUsage().maxRSS / 1024 }))
}
const clock = seconds()
const right = { relation: `(from read_parquet('${lists}/survey*.parquet') limit ${Number(people)})` }
const found = await linkBatch(folder, right, { threads: 2, memory_limit: '4GB' })
console.log(JSON.stringify({ counts: found.counts, ...clock(), peak_mb: process.resourceUsage().maxRSS / 1024 }))
if (process.env.SCALE_VERBOSE) for (const s of found.steps) console.error(s.table, s.rows, Math.round(s.milliseconds))
