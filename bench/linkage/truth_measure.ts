import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { bestThreshold, evaluate } from '#engines/linkage/evaluate.ts'
import type { TruthPair } from '#engines/linkage/evaluate.ts'
import { dedupe, link } from '#engines/linkage/link.ts'
import type { Link, LinkOptions, LinkResult } from '#engines/linkage/link.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import type { Data } from './prepare.ts'
import { bitsOf, modelOf, readSpec } from './spec.ts'

export type Accepted = { links: number; precision: number; recall: number }

export type PassTruth = {
  /** F1 of all links from the accept threshold up, whatever doubts them; of the accepted ones for the last pass. */
  f1_accept: number
  f1_best: number
  best_bits: number
  accepted: Accepted
  /** Pairs that wait for a person, and the recall if he always decides rightly. */
  review: number
  recall_with_review: number
  cpu_seconds: number
}

/** Links of one band of probability: the mean probability said, and the share that is right. */
export type Reliability = { band: string; links: number; said: number; right: number }

export type ListsTruth = {
  seed: number
  errors: number
  /** Lists with the errors of the field (`generateLists`, harder). */
  harder: boolean
  register: number
  survey: number
  pairs: number
  persons: PassTruth
  one_to_one: PassTruth
  /** Households support their pairs, and nobody is completed. */
  support: PassTruth
  households: PassTruth
  reliability: Reliability[]
}

export type ReferenceTruth = {
  name: string
  f1_best: number
  best_bits: number
  f1_at_95: number
  recall_kept: number
  cpu_seconds: number
}

async function readPairs(connection: DuckDBConnection, file: string): Promise<TruthPair[]> {
  const rows = (await connection.runAndReadAll(`select left_id, right_id from read_parquet('${file}')`)).getRows()
  return rows.map(([left_id, right_id]) => ({ left_id: String(left_id), right_id: String(right_id) }))
}

async function timed(run: () => Promise<LinkResult>): Promise<{ result: LinkResult; cpu_seconds: number }> {
  const before = process.cpuUsage()
  const result = await run()
  const { user, system } = process.cpuUsage(before)
  return { result, cpu_seconds: (user + system) / 1e6 }
}

function judge({ links, model }: LinkResult, truth: readonly TruthPair[], cpu_seconds: number): PassTruth {
  const best = bestThreshold(links, truth)
  const [above] = evaluate(links, truth, [model.thresholds.accept])
  const sure = links.filter((x) => x.band === 'accept')
  const shown = links.filter((x) => x.band !== 'reject')
  const [accepted] = evaluate(sure, truth, [-Infinity])
  const [found] = evaluate(shown, truth, [-Infinity])
  return {
    f1_accept: above!.f1,
    f1_best: best.f1,
    best_bits: best.threshold,
    accepted: { links: sure.length, precision: accepted!.precision, recall: accepted!.recall },
    review: shown.length - sure.length,
    recall_with_review: found!.recall,
    cpu_seconds,
  }
}

/** Lower bounds of the bands that a probability is told in. */
const PROBABILITIES = [0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999]

/** Of links without a veto (which is a doubt whatever the weight), by what probability they say. */
export function reliabilityOf(links: readonly Link[], truth: readonly TruthPair[]): Reliability[] {
  const wanted = new Set(truth.map(({ left_id, right_id }) => `${left_id} ${right_id}`))
  const rows = PROBABILITIES.map((from, i) => ({
    band: `${from} to ${PROBABILITIES[i + 1] ?? 1}`,
    links: 0,
    said: 0,
    right: 0,
  }))
  for (const { left_id, right_id, match_probability, doubt } of links) {
    if (doubt === 'veto') continue
    const row = rows[PROBABILITIES.findLastIndex((from) => match_probability >= from)]!
    row.links++
    row.said += match_probability
    if (wanted.has(`${left_id} ${right_id}`)) row.right++
  }
  return rows.map((row) => ({ ...row, said: row.said / (row.links || 1), right: row.right / (row.links || 1) }))
}

/** The tables of several lists as one. */
export function mergeReliability(tables: readonly Reliability[][]): Reliability[] {
  return (tables[0] ?? []).map(({ band }, i) => {
    const rows = tables.map((table) => table[i]!)
    const links = rows.reduce((sum, row) => sum + row.links, 0)
    const mean = (of: (row: Reliability) => number) =>
      rows.reduce((sum, row) => sum + row.links * of(row), 0) / (links || 1)
    return { band, links, said: mean((row) => row.said), right: mean((row) => row.right) }
  })
}

/** The model with every pair vetoed in completion: support alone. */
function withoutCompletion(model: LinkageModel): LinkageModel {
  const all = model.comparisons.map((c) => ({ comparison: c.name, levels: c.levels.map((level) => level.name) }))
  return { ...model, households: { ...model.households!, vetoes: all } }
}

/** The four passes over one pair of made lists (`generateLists`), with the ready Chinese model. */
export async function measureLists(
  folder: string,
  named: Pick<ListsTruth, 'seed' | 'errors' | 'harder'>,
): Promise<ListsTruth> {
  const { register, survey, pairs } = JSON.parse(readFileSync(join(folder, 'lists.json'), 'utf8')) as ListsTruth
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run('set threads = 2')
    const truth = await readPairs(connection, join(folder, 'truth.parquet'))
    const model = chinesePersonModel()
    const records = {
      left: { relation: `read_parquet('${join(folder, 'register.parquet')}')` },
      right: { relation: `read_parquet('${join(folder, 'survey.parquet')}')` },
    }
    const pass = (options: LinkOptions, by = model) => timed(() => link(records, by, { connection, ...options }))
    const alone = await pass({ one_to_one: false, households: false, least_weight: -10 })
    const single = await pass({ households: false })
    const supported = await pass({ least_weight: -8 }, withoutCompletion(model))
    const together = await pass({ least_weight: -8 })
    return {
      ...named,
      register,
      survey,
      pairs,
      persons: judge(alone.result, truth, alone.cpu_seconds),
      one_to_one: judge(single.result, truth, single.cpu_seconds),
      support: judge(supported.result, truth, supported.cpu_seconds),
      households: judge(together.result, truth, together.cpu_seconds),
      reliability: reliabilityOf(together.result.links, truth),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** One published set, person by person, trained without labels; F1 against all true pairs, blocked or not. */
export async function measureReference(data: Data): Promise<ReferenceTruth> {
  const spec = readSpec(data.spec)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run('set threads = 2')
    const truth = await readPairs(connection, join(data.folder, 'truth.parquet'))
    const linking = existsSync(join(data.folder, 'right.parquet'))
    const side = (name: string) => ({ relation: `read_parquet('${join(data.folder, `${name}.parquet`)}')` })
    const options = { connection, one_to_one: false, households: false, least_weight: bitsOf(spec.least_probability) }
    const { result, cpu_seconds } = await timed(() =>
      linking
        ? link({ left: side('left'), right: side('right') }, modelOf(spec), options)
        : dedupe(side('left'), modelOf(spec), options),
    )
    const best = bestThreshold(result.links, truth, !linking)
    const [at, kept] = evaluate(result.links, truth, [bitsOf(spec.cluster_probability), -Infinity], !linking)
    return {
      name: data.name,
      f1_best: best.f1,
      best_bits: best.threshold,
      f1_at_95: at!.f1,
      recall_kept: kept!.recall,
      cpu_seconds,
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
