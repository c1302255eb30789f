import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Request } from 'playwright-core'

// Playwright's own 'networkidle' never comes on a page with a map: of the script of a worker it often hears no end, though
// every byte has arrived. So what a page has asked for is counted here, without the scripts of its workers.

/** Nothing was on its way for so long; long enough for a part of the page that has come to ask for its numbers. */
const QUIET_MS = 400

const on_their_way = new WeakMap<Page, Map<Request, number>>()

/** Counts from now on what the page asks for. Call it before the page is opened; calling it again changes nothing. */
export function watch(page: Page): Map<Request, number> {
  const known = on_their_way.get(page)
  if (known) return known
  const open = new Map<Request, number>()
  on_their_way.set(page, open)
  page.on('request', (request) => open.set(request, performance.now()))
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  return open
}

const isOfWorker = (page: Page, request: Request) => page.workers().some((each) => each.url() === request.url())

/** Opens an address and waits until the page is there and nothing on it is on its way. */
export async function goto(page: Page, address: string, patience_ms = 60_000): Promise<void> {
  watch(page).clear()
  await page.goto(address, { waitUntil: 'load', timeout: patience_ms })
  await settled(page, patience_ms)
}

/** Waits until nothing that the page asked for is on its way; otherwise throws and names what is. */
export async function settled(page: Page, patience_ms = 60_000): Promise<void> {
  const open = watch(page)
  const end = performance.now() + patience_ms
  for (let quiet_since = performance.now(); performance.now() - quiet_since < QUIET_MS; await sleep(50)) {
    const waiting = [...open.keys()].filter((request) => !isOfWorker(page, request))
    if (waiting.length === 0) continue
    quiet_since = performance.now()
    if (performance.now() < end) continue
    const names = waiting.map((each) => `${each.method()} ${each.url()}`)
    throw new Error(`${page.url()} still waits after ${patience_ms / 1000} s for ${names.join(', ')}`)
  }
}
