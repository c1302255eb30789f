import {
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lchownSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { prepareHome } from './home.ts'
import { registryProblem } from './problem.ts'

/** Whether a data folder holds an embedded registry already. */
export function hasEmbedded(data_dir: string): boolean {
  return existsSync(join(data_dir, 'secret.key'))
}

/**
 * Copies a stopped embedded registry, with its key, into an empty data folder. Cloned files share their blocks where
 * the file system can. Throws RegistryProblem (disk full, not writable).
 */
export function cloneEmbedded(from_dir: string, to_dir: string): void {
  const from = prepareHome(resolve(from_dir), () => {})
  const to = prepareHome(resolve(to_dir), () => {})
  try {
    const part = join(to.folder, 'pgdata.part')
    rmSync(part, { recursive: true, force: true })
    copy(join(from.folder, 'pgdata'), part)
    // PostgreSQL refuses a folder that others may enter, and copying does not carry a folder's mode along.
    chmodSync(part, 0o700)
    copy(join(from.folder, 'password'), join(to.folder, 'password'))
    if (to.user) giveTo(to.folder, to.user)
    renameSync(part, join(to.folder, 'pgdata'))
    // Last: its presence says that the copy is whole.
    copy(join(from_dir, 'secret.key'), join(to_dir, 'secret.key'))
  } catch (error) {
    throw registryProblem(error, to_dir) ?? error
  }
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true })
}

function giveTo(folder: string, user: { uid: number; gid: number }): void {
  chownSync(folder, user.uid, user.gid)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid)
  }
}

/** Where the files of an embedded registry lie: the data folder, or elsewhere when PostgreSQL's user cannot enter it. */
export function embeddedFolders(data_dir: string): string[] {
  const { folder } = prepareHome(resolve(data_dir), () => {})
  return dirname(folder) === resolve(data_dir) ? [data_dir] : [data_dir, folder]
}
