import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A copy of a project in a folder of its own: what git tracks or would track (everything where there is no git), with the
 * project's `node_modules` behind a link. The project itself is only read, so a run that is killed leaves no more than a
 * folder in the system's temporary one.
 */
export function scratchCopy(root: string): { root: string; remove: () => void } {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mutation-'))
  if (existsSync(join(root, '.git'))) {
    const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const listed = execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
    for (const path of listed.split('\0')) {
      if (path === '' || path === 'node_modules' || !existsSync(join(root, path))) continue
      cpSync(join(root, path), join(folder, path), { recursive: true })
    }
  } else {
    cpSync(root, folder, { recursive: true, filter: (path) => path === root || !/[\\/]node_modules$/.test(path) })
  }
  const packages = join(root, 'node_modules')
  if (existsSync(packages)) symlinkSync(realpathSync(packages), join(folder, 'node_modules'), 'dir')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return { root: folder, remove }
}
