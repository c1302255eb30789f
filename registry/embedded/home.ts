import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunUser, reachableHome, reaches, runUser } from './binaries.ts'
import { RegistryProblem, registryProblem } from '../problem.ts'

/** In a folder that lies outside its data folder: the data folder's path. */
export const BELONGS_TO = 'belongs-to.txt'

/** The folder of an embedded server's files and the user it runs as. */
export interface Home {
  folder: string
  user: RunUser | null
}

/** Makes the folder that holds the server's files, owned by the user it runs as, where that user can reach it. */
export function prepareHome(data_dir: string, log: (line: string) => void): Home {
  try {
    mkdirSync(data_dir, { recursive: true, mode: 0o755 })
    let folder = join(data_dir, 'registry')
    const user = runUser(folder)
    if (!reaches(user, data_dir)) {
      folder = reachableHome(data_dir)
      log(`PostgreSQL runs as ${user?.name}, who cannot enter ${data_dir}; its files are in ${folder}`)
      writeFileSync(join(data_dir, 'registry-is-elsewhere.txt'), `${folder}\n`)
    }
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    // So that whoever finds it knows whose it is (folders.ts).
    if (folder !== join(data_dir, 'registry')) writeFileSync(join(folder, BELONGS_TO), `${data_dir}\n`)
    if (user) chownSync(folder, user.uid, user.gid)
    return { folder, user }
  } catch (error) {
    throw registryProblem(error, data_dir) ?? error
  }
}

/** The superuser's password, made at the first start. */
export function passwordOf(folder: string): string {
  const file = join(folder, 'password')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  if (existsSync(join(folder, 'pgdata'))) {
    throw new RegistryProblem(
      'registry_password_missing',
      `The registry's password file ${file} is gone, though the database is there.`,
      'Put it back from a backup of the data folder.',
    )
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  return password
}

/** The settings that say where the server listens: a socket folder, or loopback on Windows. */
export async function listening(home: Home, socket_dir?: string): Promise<Record<string, string>> {
  if (process.platform === 'win32') return { listen_addresses: '127.0.0.1', port: String(await freePort()) }
  return { unix_socket_directories: socketFolder(home, socket_dir), port: '5432' }
}

/** A short folder of mode 0700 owned by the server's user; never one that somebody else made before us. */
function socketFolder(home: Home, asked: string | undefined): string {
  const uid = home.user?.uid ?? process.getuid?.() ?? 0
  const tag = createHash('sha256').update(home.folder).digest('hex').slice(0, 10)
  const base = tmpdir().length < 60 && reaches(home.user, tmpdir()) ? tmpdir() : '/tmp'
  const folder = asked ?? join(base, `doorstep-${tag}`)
  if (!existsSync(folder)) return own(folder, home.user)
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) {
    // A killed server leaves these. Its process may linger as a zombie that nobody collects (a container without an
    // init), which PostgreSQL would take for a living server; no server of this folder runs when we come here.
    for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) rmSync(join(folder, name), { force: true })
    return realpathSync(folder)
  }
  return own(mkdtempSync(join(base, 'doorstep-')), home.user)
}

/** Makes a folder that nobody but the server's user may enter. */
function own(folder: string, user: RunUser | null): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (user) chownSync(folder, user.uid, user.gid)
  return realpathSync(folder)
}

async function freePort(): Promise<number> {
  return await new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
