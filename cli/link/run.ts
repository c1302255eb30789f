import { access, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LinkageError } from '#engines/linkage/errors.ts'
import type { LinkageProblem } from '#engines/linkage/errors.ts'
import { readable } from '#engines/linkage/files/files.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { linkTables } from '#engines/linkage/tables.ts'
import type { TableOptions, TablesResult } from '#engines/linkage/tables.ts'
import type { TrainMode } from '#engines/linkage/learn/train.ts'
import { tell } from '../tell.ts'
import { doubtsOf, levelTable, ruleTable, writeSql } from './learnt/learnt.ts'
import { machineOf, needHouseholds, withInputs } from './inputs.ts'
import type { InputOptions, Inputs } from './inputs.ts'
import { runProgress } from './progress.ts'
import { whilePassing } from './scratch/scratch.ts'

export interface RunOptions extends InputOptions {
  train?: TrainMode
  maxPairs?: number
  progress?: boolean
  frequenciesOut?: string
  /** Where the chain's SQL is written. */
  sqlOut?: string
}

export interface LinkCommandOptions extends RunOptions {
  out: string
  oneToOne?: boolean
  households?: boolean
  clusters?: string
  householdsOut?: string
  modelOut?: string
  leastWeight?: number
}

/** Runs the engine on opened inputs, telling its steps on standard error. */
export async function runLink(inputs: Inputs, options: RunOptions, more: TableOptions): Promise<TablesResult> {
  const { left, right, model } = inputs
  const { one_to_one = Boolean(right), households = one_to_one } = more
  const shape = { two_lists: Boolean(right), one_to_one, households }
  const line = runProgress(shape, { json: options.json === true, asked: options.progress === true })
  try {
    const records = right ? { left, right } : { left }
    const result = await readable([options.left, options.right].filter(Boolean).join(' or '), () =>
      linkTables(records, model, {
        ...machineOf(options, inputs.scratch),
        ...(options.train ? { train: options.train } : {}),
        ...(options.maxPairs ? { max_pairs: options.maxPairs } : {}),
        ...(options.work ? { work_dir: options.work } : {}),
        ...(inputs.frequencies ? { frequencies: inputs.frequencies } : {}),
        id_column: options.id,
        household_column: options.household,
        on_step: (step) => line.finished(step),
        ...more,
      }),
    )
    if (options.sqlOut) await writeSql(options.sqlOut, result)
    return result
  } finally {
    line.end()
  }
}

const told = ({ code, message }: LinkageProblem) => console.error(`${code}: ${message}`)

/** What a run found besides: not again what was told before it began. */
function problemsOf({ seen }: Inputs, result: TablesResult): LinkageProblem[] {
  const problems = [...result.problems, ...doubtsOf(result)]
  const nowhere = seen.flatMap(({ detail }) => (Array.isArray(detail.columns) ? (detail.columns as unknown[]) : []))
  return problems.filter(({ code, detail }) => code !== 'linkage_missing_column' || !nowhere.includes(detail.column))
}

/** Before hours of work: the folders that the results go to are there. */
async function needFolders(...paths: (string | undefined)[]): Promise<void> {
  for (const path of paths) if (path) await access(dirname(path))
}

/** `doorstep link`: two lists linked, or one deduplicated, into files. */
export async function linkCommand(options: LinkCommandOptions): Promise<void> {
  const { right, oneToOne, households } = options
  const { out, clusters, householdsOut, modelOut, frequenciesOut, sqlOut } = options
  await needFolders(out, clusters, householdsOut, modelOut, frequenciesOut, sqlOut)
  await withInputs(options, async (inputs) => {
    if (households) needHouseholds(options, inputs)
    if (!options.json) inputs.seen.forEach(told)
    const started = performance.now()
    const result = await whole(options.out, (out) =>
      whole(options.clusters, (clusters_out) =>
        whole(options.householdsOut, (households_out) =>
          whole(options.frequenciesOut, (frequencies_out) =>
            runLink(inputs, options, {
              out: out!,
              ...(clusters_out ? { clusters_out } : {}),
              ...(households_out ? { households_out } : {}),
              ...(frequencies_out ? { frequencies_out } : {}),
              one_to_one: Boolean(oneToOne || households),
              households: Boolean(households),
              ...(options.leastWeight === undefined ? {} : { least_weight: options.leastWeight }),
            }),
          ),
        ),
      ),
    )
    if (options.modelOut) await writeFile(options.modelOut, `${JSON.stringify(result.model, null, 2)}\n`)
    const problems = problemsOf(inputs, result)
    if (!options.json) problems.forEach(told)
    const { mode, expected_matches, converged } = result.training
    const { counts } = result
    tell(
      {
        out: options.out,
        ...(right ? { left: counts.left, right: counts.right } : { records: counts.left, clusters: counts.clusters }),
        pairs: counts.pairs,
        accept: counts.accept,
        review: counts.review,
        ...(counts.reject > 0 ? { reject: counts.reject } : {}),
        trained: mode,
        ...(mode === 'none' ? {} : { converged, expected_matches: Math.round(expected_matches) }),
        seconds: Math.round((performance.now() - started) / 100) / 10,
        ...(options.json ? { rules: result.rules, problems: [...inputs.seen, ...problems] } : {}),
      },
      options.json,
    )
  })
}

/** Runs work on a name beside `path`, which then appears whole or not at all. */
async function whole<T>(path: string | undefined, work: (part: string | undefined) => Promise<T>): Promise<T> {
  if (path === undefined) return work(undefined)
  const part = path.replace(/(\.[a-z]+)$/i, '.part$1')
  return whilePassing(part, async () => {
    const done = await work(part)
    await rename(part, path)
    return done
  })
}

export interface TrainOptions extends RunOptions {
  out: string
  /** Numbers of the rules to learn from, from 1; all without. */
  rules?: number[]
}

/** The model with those of its rules alone. Throws `linkage_bad_model` for a number that no rule has. */
function withRules(model: LinkageModel, numbers: readonly number[] | undefined): LinkageModel {
  if (!numbers) return model
  const rules = model.blocking_rules
  const blocking_rules = numbers.map((number) => {
    const rule = rules[number - 1]
    if (rule) return rule
    const there = rules.map((each, i) => `${i + 1} [${each.join(', ')}]`).join(', ')
    throw new LinkageError('linkage_bad_model', `There is no blocking rule ${number}. There are: ${there}.`, { number })
  })
  return { ...model, blocking_rules }
}

/** `doorstep link train`: the model learnt from two lists, or one, as a file. */
export async function trainCommand(options: TrainOptions): Promise<void> {
  await needFolders(options.out, options.frequenciesOut, options.sqlOut)
  await withInputs(options, async (opened) => {
    const { blocking_rules } = opened.model
    const inputs = { ...opened, model: withRules(opened.model, options.rules) }
    if (!options.json) inputs.seen.forEach(told)
    const unread = { out: join(inputs.scratch, 'links.parquet'), one_to_one: false, households: false }
    const result = await whole(options.frequenciesOut, (frequencies_out) =>
      runLink(inputs, options, { ...unread, ...(frequencies_out ? { frequencies_out } : {}) }),
    )
    await writeFile(options.out, `${JSON.stringify({ ...result.model, blocking_rules }, null, 2)}\n`)
    const problems = [...inputs.seen, ...problemsOf(inputs, result)]
    if (!options.json) problems.slice(inputs.seen.length).forEach(told)
    const { training, counts, rules } = result
    if (options.json) {
      tell({ out: options.out, ...training, prior: result.model.prior, counts, rules, problems }, true)
      return
    }
    const { mode, iterations, converged, sampled_pairs, expected_matches } = training
    const { pairs } = counts
    const { prior } = result.model
    tell({ out: options.out, mode, iterations, converged, sampled_pairs, pairs, expected_matches, prior }, false)
    console.table(levelTable(result))
    console.table(ruleTable(result))
  })
}
