// First load of a clerk's page on a phone: node bench/first-load/run.ts [address] [login]
import type { CDPSession } from 'playwright-core'
import { settled, watch } from '#test/e2e/settled.ts'
import { openBrowser } from '#test/e2e/shoot.ts'

const base = process.argv[2] ?? 'http://127.0.0.1:3000'
const login = process.argv[3]

// What a phone at the edge of a village's coverage gets, and a phone that costs 50 dollars (Lighthouse's "4x slowdown").
const line = { kilobits: 400, latency_ms: 300, processor: 4 }
const limits = { kilobytes: 350, seconds: 10 }

interface Demo {
  people: { login: string; role: string; area_code: string }[]
}

async function clerk(): Promise<string> {
  const answer = await fetch(`${base}/api/demo/people`)
  const { people } = (await answer.json()) as Demo
  const found = login ?? people.find((person) => person.role === 'village_committee')?.login ?? people[0]?.login
  if (!found) throw new Error(`${base} has no demo: give a login of its own`)
  return found
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send('Network.enable')
  await session.send('Network.clearBrowserCache')
  const bytes_a_second = (line.kilobits * 1000) / 8
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: line.latency_ms,
    downloadThroughput: bytes_a_second,
    uploadThroughput: bytes_a_second,
    connectionType: 'cellular2g',
  })
  await session.send('Emulation.setCPUThrottlingRate', { rate: line.processor })
}

const who = await clerk()
const browser = await openBrowser()
try {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'zh-CN', isMobile: true })
  const signed = await context.request.post(`${base}/api/demo/session`, { data: { login: who } })
  if (!signed.ok()) throw new Error(`sign-in as ${who}: ${signed.status()}`)
  const page = await context.newPage()
  watch(page)
  const session = await context.newCDPSession(page)
  await slowDown(session)
  const files = new Map<string, { url: string; bytes: number; asked: number; came: number }>()
  let began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  session.on('Network.requestWillBeSent', ({ requestId, request }) =>
    files.set(requestId, { url: new URL(request.url).pathname, bytes: 0, asked: seconds(), came: 0 }),
  )
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId)
    if (file) Object.assign(file, { bytes: encodedDataLength, came: seconds() })
  })
  began = performance.now()
  await page.goto(`${base}/`, { waitUntil: 'commit' })
  await page.locator('#root main').first().waitFor({ timeout: 120_000 })
  const drawn = seconds()
  // Useful: the numbers of the clerk's own village stand there, and each opens its list.
  await page.locator('main .d-stat').first().waitFor({ timeout: 120_000 })
  const useful = seconds()
  await settled(page)
  await page.waitForTimeout(3000)
  const sent = [...files.values()]
  const total = sent.reduce((sum, file) => sum + file.bytes, 0) / 1000
  console.log('  asked    came        kB')
  for (const { url, bytes, asked, came } of sent) {
    console.log(
      `${asked.toFixed(1).padStart(7)} ${came.toFixed(1).padStart(7)} ${(bytes / 1000).toFixed(1).padStart(9)}  ${url}`,
    )
  }
  console.log(`${who} on ${line.kilobits} kbit/s, ${line.latency_ms} ms, processor ${line.processor} times slower:`)
  console.log(
    `first drawn after ${drawn.toFixed(1)} s, useful after ${useful.toFixed(1)} s (at most ${limits.seconds} s)`,
  )
  console.log(`${sent.length} answers, ${total.toFixed(0)} kB transferred (at most ${limits.kilobytes} kB)`)
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
  if (useful > limits.seconds || total > limits.kilobytes) process.exitCode = 1
} finally {
  await browser.close()
}
