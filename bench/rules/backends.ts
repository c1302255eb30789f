// The databases that the proofs run on: DuckDB in this process, PostgreSQL embedded in a folder that is thrown away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import type { RunSql } from '#engines/rules/compare/compare.ts'
import { startEmbedded } from '#registry/embedded/supervisor.ts'

export type Opened = { duckdb: RunSql; postgres: RunSql; versions: Record<string, string>; close(): Promise<void> }

/** One connection to each; `close()` stops the server and removes its folder. Uses DATABASE_URL's server where given. */
export async function openBackends(): Promise<Opened> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const duckdb: RunSql = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  const server = await openPostgres()
  const postgres: RunSql = async (sql) => (await server.client.query<Record<string, unknown>>(sql)).rows
  const one = async (run: RunSql, sql: string) => String(Object.values((await run(sql))[0] ?? {})[0])
  return {
    duckdb,
    postgres,
    versions: { duckdb: await one(duckdb, 'select version()'), postgres: await one(postgres, 'show server_version') },
    async close() {
      connection.closeSync()
      await server.close()
    },
  }
}

async function openPostgres(): Promise<{ client: pg.Client; close(): Promise<void> }> {
  const url = process.env.DATABASE_URL
  if (url !== undefined) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return { client, close: () => client.end() }
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'doorstep-rules-'))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' }
  const embedded = await startEmbedded({ data_dir: folder, settings, flush_new: false })
  const client = new pg.Client({ ...embedded.connection, database: 'postgres' })
  await client.connect()
  return {
    client,
    async close() {
      await client.end()
      await embedded.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
