import { Client } from 'pg'
import { errorCode } from '../problem.ts'
import type { Embedded } from './supervisor.ts'

/** The databases of an embedded server, beside the one that is open; names are plain lower-case words. */
export interface Databases {
  has(name: string): Promise<boolean>
  /** Remove a database with all that is in it; whoever is in it is sent out. */
  drop(name: string): Promise<void>
  /** Give a database another name. Nobody may be in it. */
  rename(from: string, to: string): Promise<void>
  /** Whether sessions of this database wait for the disk at every commit; made data can be made again. */
  waitForDisk(name: string, wait: boolean): Promise<void>
  create(name: string): Promise<void>
  /** Take hold of `purpose` for as long as this is open; false where another process has it. */
  hold(purpose: number): Promise<boolean>
  letGo(purpose: number): Promise<void>
  close(): Promise<void>
}

/** The superuser's hand on an embedded server's databases. */
export async function databasesOf({ connection }: Embedded): Promise<Databases> {
  const client = new Client({ ...connection, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  const has = async (name: string): Promise<boolean> =>
    (await client.query('select 1 from pg_database where datname = $1', [name])).rows.length > 0
  return {
    has,
    async create(name) {
      if (await has(name)) return
      await client.query(`create database ${client.escapeIdentifier(name)}`).catch((error: unknown) => {
        // Another process was first.
        if (!['42P04', '23505'].includes(errorCode(error))) throw error
      })
    },
    async drop(name) {
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
    },
    async rename(from, to) {
      await client.query(`alter database ${client.escapeIdentifier(from)} rename to ${client.escapeIdentifier(to)}`)
    },
    async waitForDisk(name, wait) {
      const change = wait ? 'reset synchronous_commit' : 'set synchronous_commit = off'
      await client.query(`alter database ${client.escapeIdentifier(name)} ${change}`)
      // What was not waited for is on the disk from here on.
      if (wait) await client.query('checkpoint')
    },
    async hold(purpose) {
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [purpose])
      return rows[0]?.held === true
    },
    async letGo(purpose) {
      // Held twice, it is let go twice.
      for (let held = true; held;) {
        const { rows } = await client.query<{ held: boolean }>('select pg_advisory_unlock($1) as held', [purpose])
        held = rows[0]?.held === true
      }
    },
    async close() {
      await client.end().catch(() => {})
    },
  }
}
