import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { root, withoutComments } from '#test/house.ts'
import { engineNames, manifestOf } from './packages.ts'
import { firstExample } from './readme-example.ts'

const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  workspaces: string[]
  dependencies: Record<string, string>
}

/** Modules that a file imports, or exports from, at its head or on the way. */
const importsOf = (text: string) =>
  [...text.matchAll(/^(?:import|export)\b[^'"`;=]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (found) => found[1] ?? found[2] ?? '',
  )

/** The source behind a built file, its types or its code. */
const sourceOf = (built: string) => built.replace(/^\.\/dist\//, '').replace(/(?:\.d\.ts|\.js)$/, '.ts')

/** The engine's own files that an entry reaches, and every module that they import from outside. */
function reached(engine: string, entry: string): { files: Set<string>; outside: Set<string> } {
  const files = new Set<string>()
  const outside = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const name of importsOf(withoutComments(readFileSync(join(root, 'engines', engine, file), 'utf8')))) {
      if (name.startsWith('.')) visit(join(dirname(file), name).replaceAll('\\', '/'))
      else outside.add(name)
    }
  }
  visit(entry)
  return { files, outside }
}

/** `@duckdb/node-api`, `csv-parse` of `csv-parse/sync`. */
const packageOf = (module: string) => module.split('/', module.startsWith('@') ? 2 : 1).join('/')

/** What runs in a browser too: everything of these engines, and these entries of linkage. */
const forBrowsers = ['rules', 'statistics', 'xforms'].map((engine) => [engine, 'index.ts'])
const linkageForBrowsers = ['score.ts', 'explain.ts', 'model/national-id.ts'].map((entry) => ['linkage', entry])

test('each engine that is a package is a workspace of the product', () => {
  expect(engineNames().map((name) => `engines/${name}`)).toEqual(product.workspaces.toSorted())
})

describe.each(engineNames())('@doorstep/%s', (engine) => {
  const manifest = manifestOf(engine)
  const { files, outside } = reached(engine, 'index.ts')

  test('says who it is', () => {
    const { name, version, license, type } = manifest
    expect({ name, version, license, type }).toEqual({
      name: `@doorstep/${engine}`,
      version: product.version,
      license: 'Apache-2.0',
      type: 'module',
    })
  })

  test('is built of its own files alone', () => {
    expect(
      [...files].filter((file) => file.startsWith('..') || /testing\/|\.test(?:kit|ing)?\.ts$/.test(file)),
    ).toEqual([])
    expect([...outside].filter((name) => name.startsWith('#'))).toEqual([])
  })

  test('each entry has a source that index.ts reaches', () => {
    const built = Object.values(manifest.exports).flatMap((each) =>
      typeof each === 'string' ? [] : Object.values(each),
    )
    expect(built.map(sourceOf).filter((source) => !files.has(source))).toEqual([])
    const data = Object.values(manifest.exports).filter((each) => typeof each === 'string')
    expect(data.filter((path) => !existsSync(join(root, 'engines', engine, path)))).toEqual([])
  })

  test('depends on what it imports, in the versions of the product', () => {
    const used = [...outside].filter((name) => !name.startsWith('node:')).map(packageOf)
    expect(manifest.dependencies ?? {}).toEqual(
      Object.fromEntries([...new Set(used)].map((name) => [name, product.dependencies[name]])),
    )
  })

  test('the contract holds types alone', () => {
    const contract = readFileSync(join(root, 'engines', engine, 'contract.ts'), 'utf8')
    expect(contract.match(/^export (?!type )/gm)).toBe(null)
  })

  test("its README's first example prints what it says", async () => {
    const { code, prints } = firstExample(engine)
    const folder = mkdtempSync(join(tmpdir(), 'doorstep-example-'))
    const index = pathToFileURL(join(root, 'engines', engine, 'index.ts')).href
    writeFileSync(join(folder, 'example.mjs'), code.replaceAll(`'@doorstep/${engine}'`, `'${index}'`))
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'example.mjs')])
    rmSync(folder, { recursive: true, force: true })
    expect(stdout).toBe(prints)
  })
})

test.each([...forBrowsers, ...linkageForBrowsers])('%s/%s needs no node:*', (engine = '', entry = '') => {
  expect([...reached(engine, entry).outside].filter((name) => name.startsWith('node:'))).toEqual([])
})
