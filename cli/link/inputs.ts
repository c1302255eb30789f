import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { TermFrequencies } from '#engines/linkage/learn/bits.ts'
import { LinkageError } from '#engines/linkage/errors.ts'
import type { LinkageProblem } from '#engines/linkage/errors.ts'
import { needColumns, openFile, readable } from '#engines/linkage/files/files.ts'
import type { OpenFile } from '#engines/linkage/files/files.ts'
import { readFrequenciesFile } from '#engines/linkage/files/frequencies-file.ts'
import { lookAt } from '#engines/linkage/files/look.ts'
import { columnsOf } from '#engines/linkage/pairs/load.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { quote, readColumns } from '#engines/linkage/session/session.ts'
import { tidied } from '#engines/linkage/files/tidy.ts'
import { modelOf } from './models.ts'
import { amountsOf, readAs } from './reading.ts'
import type { Reading } from './reading.ts'
import { sameList } from './draft/same-list.ts'
import { withScratch } from './scratch/scratch.ts'

/** What every `link` command that reads records takes. */
export interface InputOptions extends Reading {
  json?: boolean
  left: string
  right?: string
  model: string
  id: string
  household: string
  renameLeft?: Record<string, string>
  renameRight?: Record<string, string>
  encoding?: string
  threads?: number
  memoryLimit?: string
  temp?: string
  work?: string
  /** A file of shares of values in a wider population. */
  frequencies?: string
}

export interface Inputs {
  connection: DuckDBConnection
  left: OpenFile
  right: OpenFile | undefined
  model: LinkageModel
  frequencies: TermFrequencies | undefined
  /** What could be seen of the lists before the work. */
  seen: LinkageProblem[]
  /** A folder that goes with the run. */
  scratch: string
  /** Another file of the same connection, closed with the rest. */
  open: (path: string) => Promise<OpenFile>
}

/** Opens files and model on a private DuckDB, and closes them after the work, whatever becomes of it. */
export async function withInputs<T>(options: InputOptions, work: (inputs: Inputs) => Promise<T>): Promise<T> {
  return withDuckDb(options, async (connection, scratch) => {
    const opened: OpenFile[] = []
    const open = async (path: string, rename: Record<string, string> = {}) => {
      const file = await openFile(connection, path, {
        encoding: options.encoding,
        rename,
        scratch: options.work ?? scratch,
      })
      opened.push(file)
      return file
    }
    const list = async (path: string, rename?: Record<string, string>) => {
      const file = await open(path, rename)
      needColumns(path, file.columns, [options.id])
      return file
    }
    try {
      const first = await list(options.left, options.renameLeft)
      const second = options.right ? await list(options.right, options.renameRight) : undefined
      const common = first.columns.filter((name) => second?.columns.includes(name) ?? true)
      const model = await modelOf(options.model, common)
      const all = [...new Set([...first.columns, ...(second?.columns ?? [])])]
      const paths = [options.left, options.right].filter(Boolean).join(' or ')
      needColumns(paths, all, [...(options.plain ?? []), ...(options.keepFillers ?? [])])
      const known = {
        columns: [...columnsOf(model), options.household].filter((column) => column !== options.id),
        keep: options.keepFillers ?? [],
        amounts: amountsOf(model),
      }
      const read = async (file: OpenFile, path: string) => {
        const tidy = await readable(path, () => tidied(connection, { ...file, path }, known))
        return { file: readAs(tidy.file, model, options), problems: tidy.problems }
      }
      const one = await read(first, options.left)
      const other = second ? await read(second, options.right!) : undefined
      const [left, right] = [one.file, other?.file]
      const { frequencies: path } = options
      const frequencies = path
        ? await readFrequenciesFile(connection, { ...(await open(path)), path }, model)
        : undefined
      const named = [{ ...left, path: options.left }, ...(right ? [{ ...right, path: options.right! }] : [])]
      const seen = [
        ...(await sameList(options.left, options.right)),
        ...one.problems,
        ...(other?.problems ?? []),
        ...(await readable(paths, () => lookAt(connection, named, model, options.id))),
      ]
      return await work({ connection, left, right, model, frequencies, seen, scratch, open })
    } finally {
      for (const file of opened) await file.close()
    }
  })
}

type Machine = Pick<InputOptions, 'memoryLimit' | 'temp' | 'threads' | 'work'>

/**
 * What a run's DuckDB is told of the machine. What does not fit goes to `scratch`; with a work folder and no --temp DuckDB
 * writes it there, beside its tables.
 */
export function machineOf({ memoryLimit, temp, threads, work }: Machine, scratch: string) {
  return {
    ...(memoryLimit ? { memory_limit: memoryLimit } : {}),
    ...(work && !temp ? {} : { temp_directory: scratch }),
    ...(threads ? { threads } : {}),
  }
}

/** A private DuckDB in memory, with a scratch folder that is removed after the work. */
export async function withDuckDb<T>(
  { memoryLimit, temp, threads }: Machine,
  work: (connection: DuckDBConnection, scratch: string) => Promise<T>,
): Promise<T> {
  return withScratch(temp, async (scratch) => {
    const settings = Object.entries(machineOf({ memoryLimit, temp, threads }, scratch))
    const instance = await DuckDBInstance.create(
      ':memory:',
      Object.fromEntries(settings.map(([name, value]) => [name, String(value)])),
    )
    const connection = await instance.connect()
    try {
      return await work(connection, scratch)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })
}

/** One record by its id, values as text. Throws `linkage_no_record`. */
export async function recordOf(
  connection: DuckDBConnection,
  { relation, columns }: OpenFile,
  path: string,
  id_column: string,
  id: string,
): Promise<Record<string, string | null>> {
  const select = columns.map((name) => `${quote(name)}::varchar`).join(', ')
  const of = `${quote(id_column)}::varchar = '${id.replaceAll("'", "''")}'`
  const values = await readColumns(connection, `select ${select} from ${relation} where ${of} limit 1`)
  if (values[0]!.length === 0) {
    throw new LinkageError('linkage_no_record', `${path} has no record with ${id_column} ${id}.`, { path, id })
  }
  return Object.fromEntries(columns.map((name, i) => [name, (values[i]![0] as string | null) || null]))
}

/** Throws where household support is asked for and model or files know no households. */
export function needHouseholds({ household, left, right }: InputOptions, inputs: Inputs): void {
  if (!inputs.model.households) {
    throw new LinkageError('linkage_bad_model', `The model "${inputs.model.name}" has no settings for households.`, {
      errors: [{ path: 'households', message: 'Needed for --households.' }],
    })
  }
  for (const [path, file] of [
    [left, inputs.left],
    [right, inputs.right],
  ] as const) {
    if (!file || file.columns.includes(household)) continue
    throw new LinkageError('linkage_no_column', `${path} has no column ${household}, which --households needs.`, {
      path,
      missing: [household],
      columns: file.columns,
    })
  }
}
