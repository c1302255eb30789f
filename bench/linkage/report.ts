import type { Accuracy } from './judge.ts'
import type { Run } from './contestants.ts'

export type Line = {
  contestant: string
  version: string
  runs: number
  /** Medians over the runs, in seconds: everything after loading, and the same less the clusters. */
  wall: number
  cpu: number
  wall_without_clusters: number
  cpu_without_clusters: number
  /** Greatest over the runs. */
  peak_mb: number
  accuracy: Accuracy
}

/** Ours against the fastest rival (by the same measure), its smallest memory and its best F1; above 1 ours is better. */
export type Verdict = {
  wall: number
  cpu: number
  wall_without_clusters: number
  cpu_without_clusters: number
  /** Ours divided by theirs: 0.5 is half the memory. */
  memory: number
  f1_at: number
  f1_best: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const total = (run: Run, clock: 'wall' | 'cpu', clusters: boolean) =>
  Object.entries(run.stages).reduce(
    (sum, [name, stage]) => sum + (clusters || name !== 'cluster' ? stage[clock] : 0),
    0,
  )

/** One contestant's runs on one data set in a line. */
export function lineOf(runs: readonly Run[], accuracy: Accuracy): Line {
  const of = (clock: 'wall' | 'cpu', clusters: boolean) => median(runs.map((run) => total(run, clock, clusters)))
  return {
    contestant: runs[0]!.contestant,
    version: runs[0]!.version,
    runs: runs.length,
    wall: of('wall', true),
    cpu: of('cpu', true),
    wall_without_clusters: of('wall', false),
    cpu_without_clusters: of('cpu', false),
    peak_mb: Math.max(...runs.map((run) => run.peak_mb)),
    accuracy,
  }
}

/** Null without a rival. Each ratio takes the rival that is best at it: the hardest comparison, never an average. */
export function verdictOf(ours: Line, rivals: readonly Line[]): Verdict | null {
  if (rivals.length === 0) return null
  const least = (of: (line: Line) => number) => Math.min(...rivals.map(of))
  const most = (of: (line: Line) => number) => Math.max(...rivals.map(of))
  return {
    wall: least((x) => x.wall) / ours.wall,
    cpu: least((x) => x.cpu) / ours.cpu,
    wall_without_clusters: least((x) => x.wall_without_clusters) / ours.wall_without_clusters,
    cpu_without_clusters: least((x) => x.cpu_without_clusters) / ours.cpu_without_clusters,
    memory: ours.peak_mb / least((x) => x.peak_mb),
    f1_at: ours.accuracy.f1_at - most((x) => x.accuracy.f1_at),
    f1_best: ours.accuracy.f1_best - most((x) => x.accuracy.f1_best),
  }
}

const seconds = (value: number) => value.toFixed(value < 10 ? 2 : 1)
const share = (value: number) => value.toFixed(4)
const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`

/** A data set's table in Markdown. */
export function tableOf(data: string, records: string, lines: readonly Line[]): string {
  const rows = lines.map(({ contestant, version, runs, wall, cpu, peak_mb, accuracy, ...rest }) => {
    const { kept, f1_at, f1_best } = accuracy
    const cells = [
      `${contestant} (${version})`,
      runs,
      seconds(wall),
      seconds(cpu),
      seconds(rest.wall_without_clusters),
      seconds(rest.cpu_without_clusters),
      Math.round(peak_mb),
      kept,
      share(f1_at),
      share(f1_best),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const ours = lines.find((line) => line.contestant === 'ours')
  const verdict = ours
    ? verdictOf(
        ours,
        lines.filter((line) => line !== ours),
      )
    : null
  const told = verdict
    ? `\nOurs against the best rival: ${verdict.wall.toFixed(2)} times as fast by wall, ${verdict.cpu.toFixed(2)} by CPU (without clusters ${verdict.wall_without_clusters.toFixed(2)} and ${verdict.cpu_without_clusters.toFixed(2)}), ${(verdict.memory * 100).toFixed(0)} % of the memory, F1 at 0.95 ${signed(verdict.f1_at)}, best F1 ${signed(verdict.f1_best)}.\n`
    : ''
  return `### ${data}: ${records}

| | runs | wall s | CPU s | wall s, no clusters | CPU s, no clusters | peak MB | kept pairs | F1 at 0.95 | best F1 |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
${rows.join('\n')}
${told}`
}
