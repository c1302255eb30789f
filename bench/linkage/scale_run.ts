// One run of linkTables in a process of its own, so that its peak memory is its own: node scale_run.ts <folder> <out> [work_dir]
// prints one line of JSON. Everything is timed, reading of the Parquet files and writing of the links included.
import { performance } from 'node:perf_hooks'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { linkTables } from '#engines/linkage/tables.ts'

const [folder, out, memory_limit, work_dir] = process.argv.slice(2) as [string, string, string, string | undefined]
const started = performance.now()
const steps: { table: string; seconds: number; cpu: number }[] = []
let cpu = process.cpuUsage()
const { counts } = await linkTables(
  {
    left: { relation: `read_parquet('${folder}/register*.parquet')` },
    right: { relation: `read_parquet('${folder}/survey*.parquet')` },
  },
  chinesePersonModel(),
  {
    out,
    threads: 2,
    memory_limit,
    max_pairs: 1e9,
    temp_directory: `${out}.tmp`,
    ...(work_dir ? { work_dir } : {}),
    on_step: ({ table, milliseconds }) => {
      const used = process.cpuUsage(cpu)
      cpu = process.cpuUsage()
      steps.push({ table, seconds: milliseconds / 1000, cpu: (used.user + used.system) / 1e6 })
      if (process.env.SCALE_VERBOSE)
        console.error(
          table,
          (milliseconds / 1000).toFixed(2),
          steps.at(-1)!.cpu.toFixed(2),
          `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
        )
    },
  },
)
const usage = process.resourceUsage()
const load = steps.filter(({ table }) => /^lk_(copied|filled|order|distinct|households)_(left|right)$/.test(table))
console.log(
  JSON.stringify({
    counts,
    wall: (performance.now() - started) / 1000,
    cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    load_wall: load.reduce((sum, step) => sum + step.seconds, 0),
    load_cpu: load.reduce((sum, step) => sum + step.cpu, 0),
    peak_mb: usage.maxRSS / 1024,
  }),
)
