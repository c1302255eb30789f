import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

// What pages are made of, and the packages they use.
const page_folders = ['web', 'ui', 'cycle', 'engines', 'door', 'packs']
const page_file = /\.(?:tsx?|css|json|html|svg)$/

/** Pages built before a file they may be made of was changed: after an update they would be those of before. */
export function outdated(built: string, root: string): boolean {
  if (!existsSync(built)) return true
  const { mtimeMs } = statSync(built)
  const newer = (path: string) => statSync(join(root, path)).mtimeMs > mtimeMs
  return (
    newer('package-lock.json') ||
    page_folders.some((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => page_file.test(name) && !/(?:^|[\\/])dist[\\/]|\.test\.tsx?$/.test(name))
        .some((name) => newer(join(folder, name))),
    )
  )
}

/**
 * Build the browser's files where they are not built yet, or older than their sources: seconds, at the first start. In a
 * process of its own: building takes 500 MB of memory, which the server would keep.
 */
export async function prepareWeb(): Promise<void> {
  if (!outdated(join(root, 'web', 'dist', 'index.html'), root)) return
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const build = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' })
  // A signal that ends this process must not leave the building behind.
  const stop = () => build.kill()
  process.once('exit', stop)
  await new Promise<void>((built, failed) => {
    build.once('error', failed)
    build.once('exit', (code) =>
      code === 0 ? built() : failed(new Error(`The pages could not be built (vite ended with ${code}).`)),
    )
  }).finally(() => process.off('exit', stop))
}
