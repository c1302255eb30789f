import { Client } from 'pg'
import { startEmbedded } from './supervisor.ts'

/** For the tests of supervisor.ts: writes 1, 2, 3, ... for ever and tells its parent of every number the server acknowledged. */
const server = await startEmbedded({ data_dir: process.argv[2] ?? '', flush_new: false })
process.send?.({ pid: server.pid })
const client = new Client({ ...server.connection, database: 'postgres' })
client.on('error', () => {})
await client.connect()
await client.query('create table if not exists written (n integer primary key)')
try {
  for (let n = 1; ; n++) {
    await client.query('insert into written values ($1)', [n])
    process.send?.({ acknowledged: n })
  }
} catch {
  // The server was killed or stopped under us; the test ends this process too.
  setTimeout(() => {}, 60_000)
}
