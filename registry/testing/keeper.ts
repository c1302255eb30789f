import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, liveUsers } from '../embedded/presence.ts'
import { startEmbedded } from '../embedded/supervisor.ts'
import { sweep } from './testing.ts'

/** Holds the test server between test files and stops it when nobody has used it for a while. Run by testing.ts. */
const LINGER_MS = 30_000

const data_dir = process.argv[2] ?? ''
const embedded = await startEmbedded({ data_dir })
const mark = join(embedded.folder, 'keeper')
const other = existsSync(mark) ? Number(readFileSync(mark, 'utf8')) : 0
if (other !== process.pid && other > 0 && isAlive(other)) {
  await embedded.stop()
  process.exit(0)
}
writeFileSync(mark, String(process.pid))

for (let idle = 0; idle < LINGER_MS; await sleep(1000)) {
  idle = liveUsers(embedded.folder).length > 1 ? 0 : idle + 1000
}
const { host, port, user, password } = embedded.connection
await sweep(
  new URL(`postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(host)}&port=${port}`),
).catch(() => {})
rmSync(mark, { force: true })
await embedded.stop()
