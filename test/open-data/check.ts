// npm run check:open-data: reads every public page of a registry and tries to work out what is withheld (attack.ts).
// `--data folder`: the registry (its server must not be running there); by default that of the settings.
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { smallest_cell } from '#cycle/12-see/see.ts'
import { readSettings } from '#door/settings.ts'
import { loadPack } from '#packs/load.ts'
import { openRegistry } from '#registry/open.ts'
import { openPages } from '#cycle/12-see/open/pages.ts'
import { attack } from './attack.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values } = parseArgs({ options: { data: { type: 'string' } } })
const settings = readSettings({ ...process.env, ...(values.data ? { DOORSTEP_DATA: values.data } : {}) }, root)
const { pack } = await loadPack(settings.pack_dir)
if (!pack) throw new Error('the pack has faults')
const registry = await openRegistry({
  data_dir: settings.data_dir,
  ...(settings.database_url ? { database_url: settings.database_url } : {}),
  ...(settings.secret_key ? { secret_key: settings.secret_key } : {}),
})
try {
  const { pages, parents } = await openPages(registry, pack.levels)
  const known = await attack(pages, parents)
  const exact = known.filter((cell) => cell.greatest === cell.least)
  const narrow = known.filter((cell) => cell.greatest - cell.least < smallest_cell - 1)
  const cells = pages.reduce(
    (sum, page) => sum + 5 + page.causes.length + page.by_year.length * 3 + page.children.length * 3,
    0,
  )
  console.log(
    `${pages.length} public pages with ${cells} counts; ${known.length} are withheld and bounded by linear programming`,
  )
  console.log(`recovered exactly: ${exact.length}`)
  console.log(`narrowed below ${smallest_cell} possible values: ${narrow.length}`)
  for (const cell of narrow.slice(0, 20))
    console.log(`  ${cell.area_code} ${cell.column}: ${cell.least} to ${cell.greatest}`)
  process.exitCode = narrow.length > 0 ? 1 : 0
} finally {
  await registry.close()
}
