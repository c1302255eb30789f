import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Request } from 'playwright-core'

// Playwright's own 'networkidle' never comes on a page with a map: of the script of a worker it often hears no end, though
// every byte has arrived. So what a page has asked for is counted here, without the scripts of its workers.

/** Nothing was on its way for so long; long enough for a part of the page that has come to ask for its numbers. */
const QUIET_MS = 400

interface Watched {
  /** What the page has asked for and has not got yet. */
  open: Set<Request>
  /** Addresses of its workers' scripts, also of workers that have ended since. */
  scripts: Set<string>
}

const watched = new WeakMap<Page, Watched>()

/** Counts from now on what the page asks for. Call it before the page is opened; calling it again changes nothing. */
export function watch(page: Page): Watched {
  const known = watched.get(page)
  if (known) return known
  const open = new Set<Request>()
  const scripts = new Set(page.workers().map((each) => each.url()))
  watched.set(page, { open, scripts })
  page.on('worker', (worker) => scripts.add(worker.url()))
  page.on('request', (request) => open.add(request))
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  return { open, scripts }
}

/** Opens an address and waits until the page is there and nothing on it is on its way. */
export async function goto(page: Page, address: string, patience_ms = 60_000): Promise<void> {
  watch(page).open.clear()
  await page.goto(address, { waitUntil: 'load', timeout: patience_ms })
  await settled(page, patience_ms)
}

/** Waits until nothing that the page asked for is on its way; otherwise throws and names what is. */
export async function settled(page: Page, patience_ms = 60_000): Promise<void> {
  const { open, scripts } = watch(page)
  const end = performance.now() + patience_ms
  for (let quiet_since = performance.now(); performance.now() - quiet_since < QUIET_MS; await sleep(50)) {
    const waiting = [...open].filter((request) => !scripts.has(request.url()))
    if (waiting.length === 0) continue
    quiet_since = performance.now()
    if (performance.now() < end) continue
    const names = waiting.map((each) => `${each.method()} ${each.url()}`)
    throw new Error(`${page.url()} still waits after ${patience_ms / 1000} s for ${names.join(', ')}`)
  }
}
