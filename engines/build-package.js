// Run by npm in an engine's folder before it is packed (`prepack`): sources to JavaScript and types in `dist/`, with the
// licence. Plain JavaScript, since whatever Node npm runs on has to read it.
import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const engine = process.cwd()
const dist = join(engine, 'dist')

rmSync(dist, { recursive: true, force: true })
const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
execFileSync(process.execPath, [join(dirname(compiler), 'bin', 'tsc'), '-p', join(engine, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
copyFileSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
if (!readdirSync(dist).includes('index.js')) throw new Error(`nothing was built in ${dist}`)
