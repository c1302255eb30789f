// `npm run check:house`: the numbers of the house, each against its bound and its aim. A number over its bound fails: the
// bounds (bounds.json) are what was reached, and are lowered with `-- --keep` by whoever makes one smaller.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf, sources, type SourceFile } from '../house.ts'
import { lintCounts } from './lint-counts.ts'

const file = join(import.meta.dirname, 'bounds.json')
const product = ['cycle', 'engines', 'door', 'registry', 'packs', 'server', 'cli', 'ui', 'web']

/** One number of the house. `aim` is what the house wants in the end, the bound what must hold today. */
export interface HouseNumber {
  name: string
  aim: number
  count: number
  /** Where it stands highest, or the first places of it. */
  where: string[]
}

const lines = (files: readonly SourceFile[]) => files.reduce((sum, each) => sum + each.text.split('\n').length, 0)
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

/** Files that a folder holds itself, tests and documents among them. */
function folders(): [string, number][] {
  const all = sources([...product, 'synthetic', 'test'], /\.(?:tsx?|js|css|json|md)$/, { tests: true })
  const sizes = new Map<string, number>()
  for (const { path } of all) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1)
  return [...sizes].toSorted((a, b) => b[1] - a[1])
}

async function measure(): Promise<HouseNumber[]> {
  const code = sources(product, /\.tsx?$/)
  const thousand = lines(code) / 1000
  const per1000 = (n: number) => Math.round((n / thousand) * 10) / 10
  const lint = await lintCounts(product)
  const crowded = folders().filter(([, size]) => size > 20)
  const names = code.filter((each) => /[a-z]_[a-z]|[A-Z]/.test(each.path.slice(each.path.lastIndexOf('/') + 1)))
  const server = code
    .filter((each) => each.path.startsWith('server/'))
    .filter((each) => importsOf(each.text).some((name) => name.startsWith('#synthetic/')))
  const top = (list: readonly (readonly [string, number])[]) => list.slice(0, 5).map(([path, n]) => `${n} ${path}`)
  return [
    { name: 'folders of more than 20 files', aim: 0, count: crowded.length, where: top(crowded) },
    { name: 'files not named in kebab-case', aim: 0, count: names.length, where: names.slice(0, 5).map((e) => e.path) },
    {
      name: 'casts in 1,000 lines',
      aim: 2,
      count: per1000(lint.casts.count),
      where: lint.casts.where,
    },
    { name: '`!` in 1,000 lines', aim: 2, count: per1000(lint.assertions.count), where: lint.assertions.where },
    { name: 'functions of complexity over 15', aim: 20, ...lint.complex },
    { name: 'functions of more than 100 lines', aim: 0, ...lint.long },
    { name: 'functions of five parameters or more', aim: 30, ...lint.parameters },
    { name: 'files of server/ that import synthetic/', aim: 0, count: server.length, where: server.map((e) => e.path) },
  ]
}

const keep = process.argv.includes('--keep')
const bounds = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
const numbers = await measure()
let over = 0
for (const { name, aim, count, where } of numbers) {
  const bound = bounds[name] ?? aim
  if (count > bound) over++
  console.log(`${count > bound ? 'OVER ' : '     '}${name}: ${count} (bound ${bound}, aim ${aim})`)
  if (count > aim) for (const each of where) console.log(`        ${each}`)
}
if (keep) {
  const kept = numbers.map(({ name, aim, count }) => [name, Math.max(aim, Math.min(count, bounds[name] ?? count))])
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
} else if (over > 0) {
  console.log(`${over} numbers are over their bounds.`)
  process.exitCode = 1
}
