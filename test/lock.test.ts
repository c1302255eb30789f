import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tooNew } from '../.ci/complete-lock.js'
import product from '../package.json' with { type: 'json' }

interface Entry {
  optionalDependencies?: Record<string, string>
  engines?: { node?: string }
  libc?: string[]
  resolved?: string
  version?: string
  /** A workspace of this checkout; `resolved` is its folder. */
  link?: boolean
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Entry>
}

// `npm ci` refuses a lock without them, on every platform: node .ci/complete-lock.js writes them in.
test('the lock holds the packages of every platform', () => {
  const paths = Object.keys(lock.packages)
  const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(wanted.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([])
})

test('the lock names no registry', () => {
  const elsewhere = Object.values(lock.packages).filter((entry) => entry.resolved !== undefined && !entry.link)
  expect(elsewhere).toEqual([])
})

// `npm ci` on Node 20 warned of packages that only ever run on the Node 24 which comes along.
test('nothing asks for a newer Node than the README names', () => {
  expect(tooNew(lock).map(([path]) => path)).toEqual([])
})

test('a build for one C library says so, or npm installs both', () => {
  const builds = Object.entries(lock.packages).filter(([path]) => /linux.*-(musl|gnu)$/.test(path))
  expect(builds.filter(([, entry]) => entry.libc === undefined).map(([path]) => path)).toEqual([])
})

test('the lock has the version of the product, for its packages too', () => {
  const { version, workspaces } = product
  expect(['', ...workspaces].map((path) => lock.packages[path]?.version)).toEqual(
    ['', ...workspaces].map(() => version),
  )
})
