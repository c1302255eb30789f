// JavaScript, DuckDB and PostgreSQL on the same random rules and households. `npm run check:rules`, see README.md here.
import { parseArgs } from 'node:util'
import path from 'node:path'
import { compareAll } from '#engines/rules/compare/compare.ts'
import { tryCompletions } from '#engines/rules/compare/completions.ts'
import { smallestCase } from '#engines/rules/compare/shrink.ts'
import { openBackends } from './backends.ts'
import { checkMinistries, ministriesFolder, type Row } from './ministries.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '20140101' },
    json: { type: 'boolean', default: false },
  },
})
const pairs = Number(values.pairs)
const seed = Number(values.seed)
if (!(pairs > 0) || !Number.isInteger(seed)) throw new Error('--pairs takes a positive number, --seed a whole one')

const { duckdb, postgres, versions, close } = await openBackends()
const databases = { duckdb, postgres }
const started = performance.now()
let last_shown = started
try {
  const compared = await compareAll(databases, seed, pairs, (so_far) => {
    if (performance.now() - last_shown < 5000) return
    last_shown = performance.now()
    const share = Math.round((100 * so_far.pairs) / pairs)
    console.error(`${share} %: ${so_far.pairs} pairs, ${so_far.rules} rules, ${so_far.differences.length} differences`)
  })
  const { differences, ...counts } = compared
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const smallest = differences[0] === undefined ? null : await smallestCase(databases, differences[0])
  const back_ends = { node: process.version, ...versions }
  const result = { seed, ...counts, seconds, back_ends, differences: differences.length, smallest }
  // A tenth as many households as rules are compared on: what is decided must hold for five completions of each.
  const completions = tryCompletions(seed, Math.ceil(pairs / 10), 5)
  const folder = ministriesFolder(path.join(import.meta.dirname, '../..'))
  const ministries = folder === undefined ? undefined : await checkMinistries(folder, databases, pairs, seed)
  const { changed, ...tried } = completions
  const all = { ...result, completions: { ...tried, changed: changed.length }, ministries: ministries?.rows }
  if (values.json) console.log(JSON.stringify(all, null, 2))
  else {
    console.log(report(result))
    console.log(
      `Of ${tried.known} answers ${tried.decided} were decided by bounds; a completion of the missing ones changed ${changed.length}.`,
    )
    for (const each of changed.slice(0, 3)) console.log(JSON.stringify(each))
    if (ministries) console.table(ministries.rows.map(shownRow))
    for (const each of ministries?.shown ?? []) console.log(JSON.stringify(each))
  }
  const wrong = ministries?.rows.some((row) => row.differences > 0) ?? false
  if (differences.length + changed.length > 0 || wrong) process.exitCode = 1
} finally {
  await close()
}

function shownRow({ id, compiles, differences, unknown, pairs }: Row) {
  return {
    id,
    compiles,
    pairs,
    differences,
    unknown: pairs > 0 ? `${((100 * unknown) / pairs).toFixed(1)} %` : '',
  }
}

function report({ smallest, back_ends, ...counts }: { smallest: object | null; back_ends: object } & object): string {
  const rows = Object.entries({ ...back_ends, ...counts }).map(([name, value]) => `${name.padEnd(20)} ${String(value)}`)
  const verdict = smallest
    ? `The back ends disagree. The smallest case:\n${JSON.stringify(smallest, null, 2)}`
    : 'The three back ends agree on every pair.'
  return [...rows, verdict].join('\n')
}
