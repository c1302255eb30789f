// `node test/e2e/loading.ts --url http://... [--role county_officer]`: no page says anything before it knows it. Each
// screen of a role's menu is opened while every answer about data is kept back: then nothing is "none", nothing is 0 and
// something shows that it is on its way. Then the answers fail: each page shows the problem's sentence.
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Route } from 'playwright-core'
import { openBrowser } from './shoot.ts'
import { look, onePerRole, open, signedIn } from './walk.ts'

const { values: asked } = parseArgs({ options: { url: { type: 'string' }, role: { type: 'string' } } })
const url = asked.url ?? 'http://127.0.0.1:3000'

/** What the frame itself needs: who is signed in, the pack, the places. */
const FRAME = /\/api\/(health|session|pack|areas|demo)\b/

/** What a page says of its data: the words of an empty state, and stats that are nought. */
async function told(page: Page) {
  return (await page.evaluate(`(() => {
    const texts = (selector) => [...document.querySelectorAll('main ' + selector)].map((each) => each.innerText.trim().slice(0, 80))
    return {
      empty: texts('.d-empty'),
      noughts: texts('.d-stat-value').filter((text) => /^0(\\D|$)/.test(text)),
      left: texts('.d-queue-bar').filter((text) => /^0\\b/.test(text)),
      waits: document.querySelector('main [aria-busy=true], main [role=status], main .d-table-skeleton') !== null,
      forms: document.querySelectorAll('main form').length,
    }
  })()`)) as { empty: string[]; noughts: string[]; left: string[]; waits: boolean; forms: number }
}

const browser = await openBrowser()
let faults = 0
const fault = (text: string) => {
  faults++
  console.log(`  ${text}`)
}
for (const person of await onePerRole(url)) {
  if (!person || (asked.role && person.role !== asked.role)) continue
  const page = await signedIn(browser, url, person)
  await open(page, `${url}/`)
  const menu = new Set<string>()
  // The menu shows the screens of the step one is in.
  for (const href of (await look(page)).links.filter((each) => /^\/[a-z-]+(\/[a-z-]+)?(\?area=\d+)?$/.test(each))) {
    await open(page, url + href)
    for (const link of (await look(page)).links)
      if (/^\/[a-z]/.test(link) && !/\d{4}/.test(link.replace(/area=\w+/, ''))) menu.add(link)
  }
  console.log(`${person.role}: ${menu.size} screens`)
  for (const href of menu) {
    const kept: Route[] = []
    await page.route('**/api/**', (route) =>
      FRAME.test(route.request().url()) ? route.continue() : void kept.push(route),
    )
    await page.goto(url + href, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('main h1', { timeout: 60_000 }).catch(() => undefined)
    await sleep(700)
    const { empty, noughts, left, waits, forms } = await told(page)
    for (const text of [...empty, ...noughts, ...left]) fault(`${href} says "${text}" before it is known`)
    if (kept.length > 0 && !waits && forms === 0)
      fault(`${href} shows nothing while it waits for ${kept.length} answers`)
    const asked_for = kept.length
    const problem = {
      type: 'about:blank',
      code: 'internal_error',
      status: 400,
      title: 'A made problem',
      action: 'Try again.',
    }
    await page.unroute('**/api/**')
    await page.route('**/api/**', (route) => {
      if (FRAME.test(route.request().url())) return route.continue()
      return route.fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) })
    })
    for (const route of kept)
      await route
        .fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) })
        .catch(() => undefined)
    await sleep(900)
    const after = await told(page)
    for (const text of [...after.empty, ...after.noughts]) fault(`${href} says "${text}" though the answer failed`)
    const shown = (await look(page)).problems.length
    if (asked_for > 1 && shown === 0 && forms === 0) fault(`${href} does not tell that ${asked_for} answers failed`)
    await page.unroute('**/api/**')
  }
  await page.context().close()
}
await browser.close()
process.exitCode = faults > 0 ? 1 : 0
