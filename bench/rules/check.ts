// JavaScript, DuckDB and PostgreSQL on the same random rules and households. `npm run check:rules`, see README.md here.
import { parseArgs } from 'node:util'
import { compareAll } from '#engines/rules/compare.ts'
import { smallestCase } from '#engines/rules/shrink.ts'
import { openBackends } from './backends.ts'

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
let shown = started
try {
  const compared = await compareAll(databases, seed, pairs, (so_far) => {
    if (performance.now() - shown < 5000) return
    shown = performance.now()
    const share = Math.round((100 * so_far.pairs) / pairs)
    console.error(`${share} %: ${so_far.pairs} pairs, ${so_far.rules} rules, ${so_far.differences.length} differences`)
  })
  const { differences, ...counts } = compared
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const smallest = differences[0] === undefined ? null : await smallestCase(databases, differences[0])
  const back_ends = { node: process.version, ...versions }
  const result = { seed, ...counts, seconds, back_ends, differences: differences.length, smallest }
  console.log(values.json ? JSON.stringify(result, null, 2) : report(result))
  if (differences.length > 0) process.exitCode = 1
} finally {
  await close()
}

function report({ smallest, back_ends, ...counts }: { smallest: object | null; back_ends: object } & object): string {
  const rows = Object.entries({ ...back_ends, ...counts }).map(([name, value]) => `${name.padEnd(20)} ${String(value)}`)
  const verdict = smallest
    ? `The back ends disagree. The smallest case:\n${JSON.stringify(smallest, null, 2)}`
    : 'The three back ends agree on every pair.'
  return [...rows, verdict].join('\n')
}
