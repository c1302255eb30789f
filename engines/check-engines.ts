// `npm run check:engines`: each engine is built and packed, and installed from its tarball alone into an empty folder
// outside the checkout, where the first example of its README has to print what it says, on every Node that is at hand
// and without TypeScript. `-- linkage rules` checks those two.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { engineNames, manifestOf } from './packages.ts'
import { firstExample } from './readme-example.ts'

const run = promisify(execFile)
const windows = process.platform === 'win32'
const npm = windows ? 'npm.cmd' : 'npm'

/** What npm says where a registry cannot be reached or has been told not to be asked. */
const noRegistry = /\b(?:ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/

interface Failure {
  stdout?: string
  stderr?: string
}
const saidBy = (error: unknown) => {
  const { stdout = '', stderr = '' } = error as Failure
  return `${stdout}${stderr}` || String(error)
}

/** The Node this runs on, and the one that stands on the machine outside the checkout where there is one: often older. */
function nodes(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const others = folders.map((folder) => join(folder, windows ? 'node.exe' : 'node')).filter((path) => existsSync(path))
  return [process.execPath, ...others.slice(0, 1)]
}

async function checked(engine: string, folder: string): Promise<string> {
  const packed = await run(npm, ['pack', '--json', '--pack-destination', folder], {
    cwd: join(import.meta.dirname, engine),
    shell: windows,
  })
  const tarball = /[\w.-]+\.tgz/.exec(packed.stdout)?.[0] ?? ''
  const needs = Object.keys(manifestOf(engine).dependencies ?? {})
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  // A registry that does not answer is told of after seconds, not after npm's usual minutes.
  const network =
    needs.length === 0 ? ['--offline'] : ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000']
  try {
    await run(npm, ['install', '--no-audit', '--no-fund', '--loglevel=error', ...network, `./${tarball}`], {
      cwd: folder,
      shell: windows,
      timeout: 300_000,
    })
  } catch (error) {
    if (needs.length > 0 && noRegistry.test(saidBy(error))) {
      return `SKIPPED: built and packed; not installed, since no registry gives ${needs.join(', ')}`
    }
    throw error
  }
  if (existsSync(join(folder, 'node_modules', 'typescript'))) throw new Error('It brought TypeScript along.')
  const { code, prints } = firstExample(engine)
  writeFileSync(join(folder, 'example.mjs'), code)
  const versions: string[] = []
  for (const node of nodes()) {
    const { stdout } = await run(node, ['example.mjs'], { cwd: folder })
    const version = (await run(node, ['--version'])).stdout.trim()
    if (stdout !== prints) throw new Error(`On Node ${version} the README's example prints\n${stdout}not\n${prints}`)
    versions.push(version)
  }
  const size = Math.round(readFileSync(join(folder, tarball)).length / 1024)
  return `ok: ${tarball} (${size} kB), the README's first example on Node ${[...new Set(versions)].join(' and ')}`
}

const asked = process.argv.slice(2)
for (const engine of asked.length > 0 ? asked : engineNames()) {
  const folder = mkdtempSync(join(tmpdir(), `doorstep-${engine}-`))
  try {
    console.log(`${engine}: ${await checked(engine, folder)}`)
  } catch (error) {
    console.log(`${engine}: FAILED: ${saidBy(error)}`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(join(import.meta.dirname, engine, 'dist'), { recursive: true, force: true })
  }
}
