import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * A copy of a project in a folder of its own: what git tracks or would track (everything where there is no git), with the
 * project's `node_modules` and what tests read beside it (`../shared`) behind links. The project itself is only read, so
 * a run that is killed leaves no more than a folder in the system's temporary one.
 */
export function scratchCopy(root: string): { root: string; remove: () => void } {
  const around = mkdtempSync(join(realpathSync(tmpdir()), 'mutation-'))
  const folder = join(around, 'copy')
  mkdirSync(folder)
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
  const links = [
    [join(root, 'node_modules'), join(folder, 'node_modules')],
    [join(dirname(root), 'shared'), join(around, 'shared')],
  ] as const
  for (const [from, to] of links) if (existsSync(from)) symlinkSync(realpathSync(from), to, 'dir')
  const remove = () => rmSync(around, { recursive: true, force: true })
  return { root: folder, remove }
}
