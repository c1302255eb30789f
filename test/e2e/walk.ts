// Walking through the product as each role of the demo: what every page promises, links to and says.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { goto } from './settled.ts'

export type Person = { login: string; role: string; area_code: string }

/** One person of each role of the demo, and the public. */
export async function onePerRole(url: string): Promise<(Person | null)[]> {
  const answer = (await (await fetch(`${url}/api/demo/people`)).json()) as { people: Person[] }
  const first = new Map<string, Person>()
  for (const person of answer.people) if (!first.has(person.role)) first.set(person.role, person)
  return [...first.values(), null]
}

/** Links that differ in a number or an id alone are of one kind. */
export const kindOf = (href: string) =>
  href
    .replace(/[?#].*$/, '')
    .replace(/(uuid%3A)?[0-9a-f-]{8,}/g, '*')
    .replace(/\d+/g, '*')

/** A page on which this person is signed in. */
export async function signedIn(
  browser: Browser,
  url: string,
  person: Person | null,
  look: { width?: number; lang?: 'en' | 'zh' } = {},
): Promise<Page> {
  const { width = 1440, lang = 'en' } = look
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 720 : 900 },
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  if (person) {
    const { login, role, area_code } = person
    const answer = await page.request.post(`${url}/api/demo/session`, {
      data: { login, role, area_code },
      headers: { 'x-doorstep': '1' },
    })
    if (!answer.ok()) throw new Error(`${login}: ${answer.status()} ${await answer.text()}`)
  }
  return page
}

/** Opens an address and waits until nothing on it is on its way; throws after a minute. */
export async function open(page: Page, address: string): Promise<void> {
  await goto(page, address)
  // The numbers of the frame come by themselves: the page has come when for .8 s nothing is busy and no number is new.
  let before = -1
  for (let quiet = 0, tries = 0; quiet < 8; tries++) {
    if (tries > 600) throw new Error(`${address} is not ready after a minute`)
    await sleep(100)
    const counts = (await page.evaluate(`(() => {
      const main = document.querySelector('main')
      const busy = !main || !main.querySelector('h1, .d-problem') || document.querySelector('[aria-busy=true], .d-table-skeleton') !== null
      return busy ? -1 : document.querySelectorAll('a[data-count]').length
    })()`)) as number
    quiet = counts >= 0 && counts === before ? quiet + 1 : 0
    before = counts
  }
}

export type Seen = {
  /** Codes and titles of problems that the page shows. */
  problems: string[]
  counts: { href: string; n: number; text: string }[]
  links: string[]
  /** Text of the page's main part. */
  text: string
  title: string
}

/** What the page shows: its problems, its counts, its links. */
export async function look(page: Page): Promise<Seen> {
  return (await page.evaluate(`(() => {
    const of = (selector) => [...document.querySelectorAll(selector)]
    const here = (a) => a.getAttribute('href')
    return {
      problems: of('.d-problem').map((each) => (each.querySelector('code')?.textContent ?? '') + ' ' + each.innerText.slice(0, 120)),
      counts: of('a[data-count]').map((a) => ({ href: here(a), n: Number(a.dataset.count), text: a.innerText.trim().slice(0, 60) })),
      links: of('a[href]').map(here).filter((href) => href && href.startsWith('/') && !href.startsWith('/api/')),
      text: document.querySelector('main')?.innerText ?? '',
      title: document.querySelector('main h1')?.textContent ?? '',
    }
  })()`)) as Seen
}

/** How many the list of the page holds in all, as it says; of the part named by the address's hash, where it has one. */
export async function totalOf(page: Page): Promise<number | null> {
  // A list that comes after its page's head is waited for a little.
  for (let tries = 0; tries < 20; tries++) {
    const total = (await page.evaluate(TOTAL)) as number | null
    if (total !== null) return total
    await sleep(250)
  }
  return null
}

const TOTAL = `(() => {
  const id = location.hash.slice(1)
  const part = id ? document.getElementById(id) : document.querySelector('main')
  // A part with an id of its own is opened by its own address.
  const of_page = (each) => id !== '' || !each.closest('section[id], form[id], li[id]')
  const own = part?.matches('[data-total]') ? part : [...(part?.querySelectorAll('[data-total]') ?? [])].find(of_page)
  const n = own?.getAttribute('data-total')
  return n === null || n === undefined ? null : Number(n)
})()`
