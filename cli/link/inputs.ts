import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { LinkageError } from '#engines/linkage/errors.ts'
import { needColumns, openFile } from '#engines/linkage/files.ts'
import type { OpenFile } from '#engines/linkage/files.ts'
import type { LinkageModel } from '#engines/linkage/model.ts'
import { quote, readColumns } from '#engines/linkage/session.ts'
import { modelOf } from './models.ts'

/** What every `link` command that reads records takes. */
export interface InputOptions {
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
}

export interface Inputs {
  connection: DuckDBConnection
  left: OpenFile
  right: OpenFile | undefined
  model: LinkageModel
}

/** Opens files and model on a private DuckDB, and closes them after the work, whatever becomes of it. */
export async function withInputs<T>(options: InputOptions, work: (inputs: Inputs) => Promise<T>): Promise<T> {
  return withDuckDb(options, async (connection) => {
    const opened: OpenFile[] = []
    const open = async (path: string, rename: Record<string, string> = {}) => {
      const file = await openFile(connection, path, {
        encoding: options.encoding,
        rename,
        scratch: options.work ?? options.temp,
      })
      opened.push(file)
      needColumns(path, file.columns, [options.id])
      return file
    }
    try {
      const left = await open(options.left, options.renameLeft)
      const right = options.right ? await open(options.right, options.renameRight) : undefined
      const common = left.columns.filter((name) => right?.columns.includes(name) ?? true)
      const model = await modelOf(options.model, common)
      return await work({ connection, left, right, model })
    } finally {
      for (const file of opened) await file.close()
    }
  })
}

/** What DuckDB is told of the machine. */
export function machineOf({ memoryLimit, temp, threads }: Pick<InputOptions, 'memoryLimit' | 'temp' | 'threads'>) {
  return {
    ...(memoryLimit ? { memory_limit: memoryLimit } : {}),
    ...(temp ? { temp_directory: temp } : {}),
    ...(threads ? { threads } : {}),
  }
}

export async function withDuckDb<T>(
  options: Pick<InputOptions, 'memoryLimit' | 'temp' | 'threads'>,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const settings = Object.entries(machineOf(options)).map(([name, value]) => [name, String(value)])
  const instance = await DuckDBInstance.create(':memory:', Object.fromEntries(settings))
  const connection = await instance.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
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
