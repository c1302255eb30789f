// Where the files of embedded registries lie, and what is left of them where a data folder is gone.
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SHARED_HOME } from './binaries.ts'
import { BELONGS_TO, prepareHome } from './home.ts'
import { liveUsers } from './presence.ts'

/** Where the files of an embedded registry lie: the data folder, and elsewhere when PostgreSQL's user cannot enter it. */
export function embeddedFolders(data_dir: string): string[] {
  const { folder } = prepareHome(resolve(data_dir), () => {})
  return dirname(folder) === resolve(data_dir) ? [data_dir] : [data_dir, folder]
}

/** Files of a registry that lie outside its data folder. */
export interface Elsewhere {
  folder: string
  /** Null where nobody wrote it down. */
  data_dir: string | null
  /**
   * `kept`: its data folder is there. `left`: that is gone. `used`: a process works in it at this moment. `unknown`: made
   * before this was written down; its next start writes it.
   */
  state: 'kept' | 'left' | 'used' | 'unknown'
  /** Made data alone, which can be made again. */
  demo: boolean
  bytes: number
}

const DEMO = 'demo'

/** Everything that registries keep outside their data folders on this machine. */
export function elsewhere(shared = SHARED_HOME): Elsewhere[] {
  if (!existsSync(shared)) return []
  return readdirSync(shared)
    .filter((name) => name.startsWith('data-'))
    .map((name) => read(join(shared, name)))
}

function read(folder: string): Elsewhere {
  const told = join(folder, BELONGS_TO)
  const data_dir = existsSync(told) ? readFileSync(told, 'utf8').trim() : null
  const pointer = data_dir === null ? null : join(data_dir, 'registry-is-elsewhere.txt')
  const points_here = pointer !== null && existsSync(pointer) && readFileSync(pointer, 'utf8').trim() === folder
  const found = data_dir === null ? 'unknown' : points_here ? 'kept' : 'left'
  const state = liveUsers(folder).length > 0 ? 'used' : found
  return { folder, data_dir, state, demo: existsSync(join(folder, DEMO)), bytes: sizeOf(folder) }
}

/** Bytes on the disk under a folder; what vanishes meanwhile counts as nothing. */
export function sizeOf(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    try {
      bytes += lstatSync(join(entry.parentPath, entry.name)).blocks * 512
    } catch {
      continue
    }
  }
  return bytes
}

/** Say that a registry holds made data alone, or (`false`) that somebody may have put his own into it. */
export function markDemo(data_dir: string, made: boolean): void {
  const folder = embeddedFolders(data_dir).at(-1) ?? data_dir
  const mark = join(folder, DEMO)
  if (made) writeFileSync(mark, '')
  else rmSync(mark, { force: true })
}

/** Remove what demos left whose data folder is gone. Anything else stays: its disk may only be away. */
export function sweepDemos(log: (line: string) => void, shared = SHARED_HOME): void {
  for (const each of elsewhere(shared)) {
    if (each.state !== 'left' || !each.demo) continue
    log(`removing ${each.folder}, left of the demo in ${each.data_dir}, which is gone`)
    rmSync(each.folder, { recursive: true, force: true })
  }
}
