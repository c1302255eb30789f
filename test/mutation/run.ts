// `npm run mutation -- engines/statistics door --sample 120 --seed 7`: how much of the core the tests hold.
// Without folders all groups of the core; without a sample every mutant. `--list` prints the files, `--registry` adds the tests that
// start a registry, `--json FILE` keeps what came of each mutant.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { root } from '../house.ts'
import { coreFiles } from './core.ts'
import { measure } from './measure.ts'
import { readImports } from './reach.ts'
import { alive, headings, markdownRow, rowOf } from './report.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '7' },
    registry: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})

const groups = coreFiles(readImports(root))
const asked = positionals.map((each) => each.replace(/\/$/, ''))
/** A folder below a group, or one file, is a group of its own. */
const chosen: [string, string[]][] =
  asked.length === 0
    ? [...groups]
    : asked.map((name) => [name, [...groups.values()].flat().filter((path) => `${path}/`.startsWith(`${name}/`))])

for (const stop of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(stop, () => process.exit(1))

const rows: string[] = []
const lists: string[] = []
const kept: unknown[] = []
for (const [name, files] of chosen) {
  if (values.list) {
    console.log([`${name}: ${files.length} files`, ...files].join('\n  '))
    continue
  }
  const began = performance.now()
  console.error(`== ${name}`)
  const measured = await measure({
    root,
    files,
    sample: values.sample === undefined ? undefined : Number(values.sample),
    seed: Number(values.seed),
    withRegistry: values.registry,
    say: (line) => console.error(`   ${line}`),
  })
  console.error(`   ${Math.round((performance.now() - began) / 1000)} s`)
  rows.push(markdownRow(rowOf(name, measured)))
  lists.push(...alive(measured), ...measured.broken.map((each) => `fails without a mutant: ${each}`))
  kept.push({ name, ...measured })
}
if (rows.length > 0) {
  console.log([markdownRow(headings), markdownRow(headings.map(() => '---')), ...rows].join('\n'))
  console.log(`\n${lists.join('\n')}`)
}
if (values.json) writeFileSync(values.json, JSON.stringify(kept, null, 2))
