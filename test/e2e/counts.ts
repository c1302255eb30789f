// `npm run check:counts [-- --url http://...] [-- --role county_officer]`: as every role of the demo, every number that
// opens a list is opened, and the list must hold as many; every link leads to a page; every role has a home. `--home`: of
// each role the numbers of its home alone, the road's and what waits for it (.ci/run; a minute and a half). Without an
// address it starts the product on a folder of its own.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openBrowser } from './shoot.ts'
import { startProduct } from './product.ts'
import { kindOf, look, onePerRole, open, signedIn, totalOf, type Person } from './walk.ts'

const { values: asked } = parseArgs({
  options: { url: { type: 'string' }, role: { type: 'string' }, home: { type: 'boolean', default: false } },
})

/** Of links that differ in a number or an id alone, this many are opened. */
const OF_A_KIND = 2

type Fault = string
type Tally = { counts: number; links: number; faults: Fault[] }

async function walk(
  browser: Awaited<ReturnType<typeof openBrowser>>,
  url: string,
  person: Person | null,
): Promise<Tally> {
  const page = await signedIn(browser, url, person)
  const who = person?.role ?? 'public'
  const tally: Tally = { counts: 0, links: 0, faults: [] }
  const totals = new Map<string, number | null>()
  const kinds = new Map<string, number>()
  const fault = (text: string) => tally.faults.push(`${who}: ${text}`)
  const totalAt = async (href: string): Promise<number | null> => {
    if (!totals.has(href)) {
      await open(page, new URL(href, url).href)
      totals.set(href, await totalOf(page))
    }
    return totals.get(href) ?? null
  }
  const todo = ['/']
  const done = new Set<string>()
  while (todo.length > 0) {
    const href = todo.shift() as string
    if (done.has(href)) continue
    done.add(href)
    await open(page, new URL(href, url).href)
    const seen = await look(page)
    tally.links++
    if (seen.text.trim() === '' || (seen.title === '' && seen.problems.length === 0)) fault(`${href} says nothing`)
    if (/no such page/i.test(seen.title)) fault(`${href} leads nowhere`)
    // Above the county most rooms have no list, and say so.
    for (const problem of seen.problems) if (!problem.startsWith('above_county')) fault(`${href} shows ${problem}`)
    for (const link of asked.home ? [] : seen.links) {
      const kind = kindOf(link)
      if (done.has(link) || (kinds.get(kind) ?? 0) >= OF_A_KIND) continue
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      todo.push(link)
    }
    for (const { href: to, n, text } of seen.counts) {
      tally.counts++
      const total = await totalAt(to)
      if (total !== n) fault(`${href} says ${n} (${text.replaceAll(/\s+/g, ' ')}); ${to} holds ${total ?? 'no list'}`)
    }
  }
  await page.context().close()
  return tally
}

if (!existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) {
  console.log('Counts not checked: there is no Chromium')
} else {
  const product = asked.url ? { url: asked.url, stop: async () => {} } : await startProduct()
  const browser = await openBrowser()
  try {
    const people = (await onePerRole(product.url)).filter(
      (each) => !asked.role || (each?.role ?? 'public') === asked.role,
    )
    let failed = 0
    // A walk waits for the server and the browser by turns: three at once take half the time.
    const todo = [...people]
    const walker = async () => {
      for (let person = todo.shift(); person !== undefined; person = todo.shift()) {
        const { counts, links, faults } = await walk(browser, product.url, person)
        failed += faults.length
        console.log(`${person?.role ?? 'public'}: ${links} pages, ${counts} counts, ${faults.length} faults`)
        for (const each of faults) console.log(`  ${each}`)
      }
    }
    await Promise.all([walker(), walker(), walker()])
    process.exitCode = failed > 0 ? 1 : 0
  } finally {
    await browser.close()
    await product.stop()
  }
}
