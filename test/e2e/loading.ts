// `npm run check:loading -- --url http://... [--role county_officer] [--width 360] [--lang zh]`: no page says anything
// before it knows it. Each screen of a role's menu is opened while every answer about data is kept back: then nothing is
// "none", nothing is 0 and something shows that it is on its way. Then the answers fail: each page shows the problem's
// sentence, and still nothing is "none". Without an address it starts the product on a folder of its own.
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Route } from 'playwright-core'
import { startProduct } from './product.ts'
import { openBrowser } from './shoot.ts'
import { kindOf, look, onePerRole, open, signedIn } from './walk.ts'

const { values: asked } = parseArgs({
  options: {
    url: { type: 'string' },
    role: { type: 'string' },
    width: { type: 'string', default: '1440' },
    lang: { type: 'string', default: 'en' },
  },
})
const product = asked.url ? { url: asked.url, stop: async () => {} } : await startProduct()
const { url } = product

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

const body = JSON.stringify({
  type: 'about:blank',
  code: 'internal_error',
  status: 400,
  title: 'A made problem',
  action: 'Try again.',
})
const fail = (route: Route) => route.fulfill({ status: 400, contentType: 'application/problem+json', body })

const browser = await openBrowser()
let faults = 0
const fault = (text: string) => {
  faults++
  console.log(`  ${text.replaceAll(/\s+/g, ' ')}`)
}

/** One of each kind of screen that a role's menu and its pages lead to. */
async function screensOf(page: Page): Promise<string[]> {
  await open(page, `${url}/`)
  const kinds = new Map<string, string>([['/', '/']])
  const add = (links: readonly string[]) => {
    for (const link of links) if (!kinds.has(kindOf(link))) kinds.set(kindOf(link), link)
  }
  add((await look(page)).links)
  for (const href of kinds.values()) {
    await open(page, url + href)
    add((await look(page)).links)
  }
  return [...kinds.values()]
}

async function check(page: Page, screens: readonly string[]): Promise<void> {
  // One handler for all: where interception ends, Chromium lets go what was kept back.
  let failing = false
  let kept: Route[] = []
  await page.route('**/api/**', (route) => {
    if (FRAME.test(route.request().url())) return route.continue()
    if (failing) return fail(route)
    kept.push(route)
    return undefined
  })
  for (const href of screens) {
    failing = false
    kept = []
    await page.goto(url + href, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('main h1', { timeout: 60_000 }).catch(() => undefined)
    await sleep(700)
    const { empty, noughts, left, waits, forms } = await told(page)
    for (const text of [...empty, ...noughts, ...left]) fault(`${href} says "${text}" before it is known`)
    // The frame's own questions (the road, what is held) are no page's.
    const own = kept.filter((each) => !/\/api\/(road|jobs)\b/.test(each.request().url()))
    if (own.length > 0 && !waits && forms === 0) fault(`${href} shows nothing while it waits for ${own.length} answers`)
    failing = true
    await Promise.all(kept.map((route) => fail(route).catch(() => undefined)))
    await sleep(900)
    const after = await told(page)
    for (const text of [...after.empty, ...after.noughts]) fault(`${href} says "${text}" though the answer failed`)
    const shown = (await look(page)).problems.length
    if (own.length > 0 && shown === 0 && forms === 0) fault(`${href} does not tell that ${own.length} answers failed`)
  }
}

try {
  for (const person of await onePerRole(url)) {
    if (!person || (asked.role && person.role !== asked.role)) continue
    const page = await signedIn(browser, url, person, {
      width: Number(asked.width),
      lang: asked.lang === 'zh' ? 'zh' : 'en',
    })
    const screens = await screensOf(page)
    console.log(`${person.role}: ${screens.length} screens`)
    await check(page, screens)
    await page.context().close()
  }
} finally {
  await browser.close()
  await product.stop()
}
console.log(`${faults} faults`)
process.exitCode = faults > 0 ? 1 : 0
