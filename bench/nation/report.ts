import type { Comparison } from './compare.ts'
import type { Measured } from './measure.ts'

/** What `--json` prints. The figures beside `sizes` are those of the largest size. */
export type Report = Measured & {
  machine: { cpu: string; cores: number; memory_gb: number; node: string }
  seed: number
  threads: number
  /** Null where a kept nation was used again. */
  seconds_generate: number | null
  generated_bytes: number
  sizes: Measured[]
  compare: Comparison | null
}

const grouped = (n: number) => n.toLocaleString('en-US')
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => `  ${name.padEnd(20)} ${grouped(n).padStart(12)}`)
    .join('\n')

/** The report as people read it. */
export function reportOf(report: Report): string {
  const lines = [
    `${grouped(report.households)} households, ${grouped(report.persons)} people, ${grouped(report.counties)} counties, ${report.partitions} partitions`,
    `${report.rules} rules (${report.rules_assess} assessment, ${report.rules_diagnose} causes, ${report.rules_extra} analysts' questions), ${report.member_aggregates} distinct member aggregates`,
    `${report.machine.cpu}, ${report.threads} workers`,
    '',
    `made       ${report.seconds_generate === null ? 'before' : `${report.seconds_generate} s`} (${grouped(Math.round(report.generated_bytes / 1e6))} MB)`,
    `assessed   ${report.seconds_assess} s, ${report.cpu_seconds_assess} s of processor time (${grouped(report.rows_per_second)} rows a second)`,
    `diagnosed  ${report.seconds_diagnose} s, ${report.cpu_seconds_diagnose} s of processor time`,
    `summed up  ${report.seconds_rollup} s, ${report.cpu_seconds_rollup} s of processor time`,
    `memory     ${grouped(report.peak_rss_mb)} MB at most; results ${grouped(Math.round(report.result_bytes / 1e6))} MB`,
    '',
    'verdicts',
    list(report.verdicts),
    'main causes of the eligible',
    list(report.main_causes),
  ]
  if (report.sizes.length > 1) {
    lines.push('', 'households      assess s  diagnose s  sum up s  memory MB')
    for (const size of report.sizes) {
      const cells = [size.seconds_assess, size.seconds_diagnose, size.seconds_rollup, size.peak_rss_mb]
      lines.push(`${grouped(size.households).padEnd(14)}${cells.map((cell) => String(cell).padStart(10)).join('')}`)
    }
  }
  if (report.compare) {
    lines.push('', `side by side, ${grouped(report.compare.households)} households, ${report.compare.rules} rules`)
    for (const way of report.compare.ways) {
      const cpu = way.cpu_seconds === null ? '' : ` (${way.cpu_seconds} s of processor time)`
      const time = way.seconds === null ? `not run: ${way.note}` : `${way.seconds} s${cpu}, ${way.ratio} times ours`
      lines.push(`  ${way.name.padEnd(44)} ${time}`)
      if (way.seconds !== null && way.note !== '') lines.push(`    ${way.note}`)
    }
    lines.push(...report.compare.findings.map((finding) => `  ${finding}`))
  }
  return `${lines.join('\n')}\n`
}
