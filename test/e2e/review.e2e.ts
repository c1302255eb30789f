import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import match_en from '#cycle/02-match/words.en.json' with { type: 'json' }
import match_zh from '#cycle/02-match/words.zh.json' with { type: 'json' }
import { goto } from './settled.ts'
import { openBrowser } from './shoot.ts'

// A reviewer of doubtful pairs with the keyboard alone, in both languages: decides, sees the next, takes it back, and is
// told where a second person must agree. Whatever is decided here is taken back. E2E_SHOTS names a folder for pictures.

const url = process.env.E2E_URL ?? 'http://127.0.0.1:3000'
const township = '360781107'
const shots = process.env.E2E_SHOTS ?? join(tmpdir(), 'doorstep-shots')

interface Item {
  review_id: string
  kind: string
  state: string
  answers: number
}

let browser: Browser
beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  browser = await openBrowser()
})
afterAll(() => browser.close())

describe.each([
  { language: 'en', officer: 'Zhong Wei', words: match_en },
  { language: 'zh', officer: '钟伟', words: match_zh },
])('a reviewer who reads $language', ({ language, officer, words }) => {
  let context: BrowserContext
  let page: Page
  const errors: string[] = []
  beforeEach(async () => {
    errors.length = 0
    context = await browser.newContext({ locale: language === 'zh' ? 'zh-CN' : 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.on('pageerror', (error) => errors.push(error.message))
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`${url}/sign-in?lang=${language}`)
    await page.getByRole('button', { name: officer }).click()
    await page.waitForURL((at) => !at.pathname.includes('sign-in'))
    await goto(page, `${url}/match/reviews?area=${township}&lang=${language}`)
    await page.locator('.m-pairs').waitFor()
  })
  afterEach(() => context.close())

  const get = async <T>(path: string): Promise<T> => (await page.request.get(`${url}${path}`)).json() as Promise<T>
  const waiting = async () =>
    (await get<{ items: Item[] }>(`/api/match/reviews?area_code=${township}&state=waiting&limit=500`)).items
  const detail = (id: string) => get<{ review: Item & { second: string | null } }>(`/api/match/reviews/${id}`)
  const rows = () => page.locator('.d-queue-list button')
  const chosen = async () => {
    const marked = await rows().evaluateAll((all) => all.map((each) => each.getAttribute('aria-current')))
    return marked.indexOf('true')
  }
  const press = (key: string) => page.keyboard.press(key)

  async function inspect(name: string, widths: number[]): Promise<void> {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      await page.waitForTimeout(300)
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth'))
      expect(wide, `${name} at ${width} px is ${wide} px wide`).toBeLessThanOrEqual(width)
      await page.screenshot({ path: join(shots, `${name}-${width}-${language}.png`) })
      const { violations } = await new AxeBuilder({ page }).analyze()
      const told = violations.map((found) => `${found.id}: ${found.nodes[0]?.html.slice(0, 160)}`)
      expect(told, `axe-core on ${name} at ${width} px`).toEqual([])
    }
    expect(errors, `scripts of ${name}`).toEqual([])
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  test('decides by keyboard, sees the next, and takes it back', async () => {
    const before = await waiting()
    expect(before.length).toBeGreaterThan(2)
    expect(await rows().count()).toBe(before.length)
    await page.getByRole('heading', { name: words.review.title, exact: true }).waitFor()
    // All that decides without a key pressed; every weight with one.
    expect(await page.locator('.m-glance').innerText()).toMatch(/\d/)
    const open = await page.locator('.m-fall').count()
    await press('w')
    await expect.poll(() => page.locator('.m-fall').count()).not.toBe(open)
    await press('w')
    await expect.poll(() => page.locator('.m-fall').count()).toBe(open)

    await press('j')
    await expect.poll(chosen).toBe(1)
    await press('k')
    await expect.poll(chosen).toBe(0)
    const first = await rows().first().innerText()
    await press('s')
    await expect.poll(() => rows().last().innerText()).toBe(first)

    const [, item] = before
    await press('r')
    await expect.poll(() => rows().count()).toBe(before.length - 1)
    expect((await waiting()).map((each) => each.review_id)).not.toContain(item?.review_id)
    await page.locator('.m-pairs').waitFor()
    await inspect('review-decided', [1440, 390])
    await press('z')
    await expect.poll(() => rows().count()).toBe(before.length)
    const after = await waiting()
    expect(after.map((each) => [each.review_id, each.state])).toEqual(
      before.map((each) => [each.review_id, each.state]),
    )
  })

  test('is told that a merger of a registered household needs a second person', async () => {
    const items = await waiting()
    const all = await Promise.all(items.map((item) => detail(item.review_id)))
    const at = all.findIndex(({ review }) => review.second === 'registered' && review.answers === 0)
    expect(at, 'a question about a registered household').toBeGreaterThanOrEqual(0)
    await rows().nth(at).click()
    await page.getByText(words.second.registered).waitFor()
    await press('a')
    const [told = ''] = words.review.awaiting.split('{{head}}').toSorted((a, b) => b.length - a.length)
    await page.getByText(told).waitFor()
    const id = items[at]?.review_id ?? ''
    expect((await detail(id)).review).toMatchObject({ state: 'open', answers: 1 })
    await press('z')
    await expect.poll(async () => (await detail(id)).review.answers).toBe(0)
    await inspect('review-second', [390])
  })
})
