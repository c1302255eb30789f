import { writeFile } from 'node:fs/promises'
import { InvalidArgumentError } from 'commander'
import type { DuckDBConnection } from '@duckdb/node-api'
import { LinkageError } from '#engines/linkage/errors.ts'
import { readable, writeFileOf } from '#engines/linkage/files.ts'
import { link } from '#engines/linkage/link.ts'
import type { LinkOptions, LinkResult } from '#engines/linkage/link.ts'
import type { TrainMode } from '#engines/linkage/train.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'
import { machineOf, withInputs } from './inputs.ts'
import type { InputOptions, Inputs } from './inputs.ts'

export interface RunOptions extends InputOptions {
  train?: TrainMode
  maxPairs?: number
  progress?: boolean
  workDir?: string
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
export async function runLink(inputs: Inputs, options: RunOptions, more: LinkOptions): Promise<LinkResult> {
  const { left, right, model } = inputs
  const line = progressLine(options.json === true)
  let steps = 0
  try {
    const records = right ? { left, right } : { left }
    return await readable([options.left, options.right].filter(Boolean).join(' or '), () =>
      link(records, model, {
        ...machineOf(options),
        ...(options.train ? { train: options.train } : {}),
        ...(options.maxPairs ? { max_pairs: options.maxPairs } : {}),
        ...(options.workDir ? { work_dir: options.workDir } : {}),
        id_column: options.id,
        household_column: options.household,
        on_step({ table, rows, milliseconds }) {
          steps++
          const told = `${table}: ${rows.toLocaleString('en')} rows, ${Math.round(milliseconds)} ms`
          if (options.progress) console.error(told)
          else line.say(`step ${steps}, ${told}`)
        },
        ...more,
      }),
    )
  } finally {
    line.end()
  }
}

export function tellProblems(result: Pick<LinkResult, 'problems'>): void {
  for (const { code, message } of result.problems) console.error(`${code}: ${message}`)
}

/** `doorstep link`: two lists linked, or one deduplicated, into files. */
export async function linkCommand(options: LinkCommandOptions): Promise<void> {
  const { right, oneToOne, households } = options
  if (!right && (oneToOne || households || options.householdsOut)) {
    throw new InvalidArgumentError('--one-to-one and --households need two lists: give --right too.')
  }
  if (right && options.clusters) throw new InvalidArgumentError('--clusters is for one list: leave --right out.')
  await withInputs(options, async (inputs) => {
    if (households) needHouseholds(options, inputs)
    const started = performance.now()
    const result = await runLink(inputs, options, {
      one_to_one: Boolean(oneToOne || households),
      households: Boolean(households),
      ...(options.leastWeight === undefined ? {} : { least_weight: options.leastWeight }),
    })
    await writeLinks(inputs.connection, options.out, result, !right)
    if (options.clusters) await writeClusters(inputs.connection, options.clusters, options.id, result)
    if (options.householdsOut) await writeHouseholds(inputs.connection, options.householdsOut, result)
    if (options.modelOut) await writeFile(options.modelOut, `${JSON.stringify(result.model, null, 2)}\n`)
    tellProblems(result)
    const { mode, expected_matches, converged } = result.training
    tell(
      {
        out: options.out,
        ...(right
          ? { left: result.counts.left, right: result.counts.right }
          : { records: result.counts.left, clusters: new Set(result.clusters.values()).size }),
        pairs: result.counts.pairs,
        accept: result.counts.accept,
        review: result.counts.review,
        ...(households ? { households: result.households.length } : {}),
        trained: mode,
        ...(mode === 'none' ? {} : { converged, expected_matches: Math.round(expected_matches) }),
        seconds: Math.round((performance.now() - started) / 100) / 10,
        ...(options.json ? { problems: result.problems } : {}),
      },
      options.json,
    )
  })
}

function needHouseholds({ household, left, right }: LinkCommandOptions, inputs: Inputs): void {
  if (!inputs.model.households) {
    throw new LinkageError('linkage_bad_model', `The model "${inputs.model.name}" has no settings for households.`, {
      errors: [{ path: 'households', message: 'Needed for --households.' }],
    })
  }
  for (const [path, file] of [
    [left, inputs.left],
    [right!, inputs.right!],
  ] as const) {
    if (file.columns.includes(household)) continue
    throw new LinkageError('linkage_no_column', `${path} has no column ${household}, which --households needs.`, {
      path,
      missing: [household],
      columns: file.columns,
    })
  }
}

async function writeLinks(connection: DuckDBConnection, path: string, result: LinkResult, dedupe: boolean) {
  const { links, clusters } = result
  const cluster = (id: string, other: string) => (clusters.get(id) === clusters.get(other) ? clusters.get(id)! : null)
  const columns = {
    left_id: 'text',
    right_id: 'text',
    match_weight: 'double',
    match_probability: 'double',
    band: 'text',
    ...(dedupe ? { cluster_id: 'text' as const } : {}),
    doubt: 'text',
  } as const
  await writeFileOf(connection, path, columns, [
    links.map((x) => x.left_id),
    links.map((x) => x.right_id),
    links.map((x) => x.match_weight),
    links.map((x) => x.match_probability),
    links.map((x) => x.band),
    ...(dedupe ? [links.map((x) => cluster(x.left_id, x.right_id))] : []),
    links.map((x) => x.doubt),
  ])
}

async function writeClusters(connection: DuckDBConnection, path: string, id: string, { clusters }: LinkResult) {
  await writeFileOf(connection, path, { [id]: 'text', cluster_id: 'text' }, [
    [...clusters.keys()],
    [...clusters.values()],
  ])
}

async function writeHouseholds(connection: DuckDBConnection, path: string, { households }: LinkResult) {
  await writeFileOf(
    connection,
    path,
    {
      left_household: 'text',
      right_household: 'text',
      kind: 'text',
      shared: 'int',
      left_size: 'int',
      right_size: 'int',
    },
    [
      households.map((x) => x.left_household),
      households.map((x) => x.right_household),
      households.map((x) => x.kind),
      households.map((x) => x.shared),
      households.map((x) => x.left_size),
      households.map((x) => x.right_size),
    ],
  )
}

/** `doorstep link train`: the model learnt from two lists, or one, as a file. */
export async function trainCommand(options: RunOptions & { out: string }): Promise<void> {
  await withInputs(options, async (inputs) => {
    const result = await runLink(inputs, options, { one_to_one: false, households: false, least_weight: 1e6 })
    await writeFile(options.out, `${JSON.stringify(result.model, null, 2)}\n`)
    tellProblems(result)
    const { training, counts, rules, problems } = result
    if (options.json) {
      tell({ out: options.out, ...training, prior: result.model.prior, counts, rules, problems }, true)
      return
    }
    tell({ out: options.out, ...training, prior: result.model.prior, pairs: counts.pairs }, false)
    console.table(
      result.model.comparisons.flatMap((comparison) =>
        comparison.levels.map((level) => ({
          comparison: comparison.name,
          level: level.name,
          m: Number(level.m.toPrecision(3)),
          u: Number(level.u.toPrecision(3)),
          bits: Math.round(10 * Math.log2(level.m / level.u)) / 10,
        })),
      ),
    )
  })
}
