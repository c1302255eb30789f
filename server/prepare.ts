import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Build the browser's files where they are not built yet: seconds, at the first start. In a process of its own: building
 * takes 500 MB of memory, which the server would keep.
 */
export async function prepareWeb(): Promise<void> {
  if (existsSync(join(root, 'web', 'dist', 'index.html'))) return
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
