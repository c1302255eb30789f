import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import assess_en from '#cycle/03-assess/words.en.json' with { type: 'json' }
import assess_zh from '#cycle/03-assess/words.zh.json' with { type: 'json' }
import evaluate_en from '#cycle/11-evaluate/words.en.json' with { type: 'json' }
import evaluate_zh from '#cycle/11-evaluate/words.zh.json' with { type: 'json' }
import see_en from '#cycle/12-see/words.en.json' with { type: 'json' }
import see_zh from '#cycle/12-see/words.zh.json' with { type: 'json' }
import en from '#web/words/en.json' with { type: 'json' }
import zh from '#web/words/zh.json' with { type: 'json' }
import { goto, settled, watch } from './settled.ts'
import { openBrowser } from './shoot.ts'

// A newcomer follows one household through the campaign, in English and in Chinese: what every screen must do, and that
// axe-core finds nothing on it, and that it fits a phone, a tablet and a desk. E2E_SHOTS names a folder for pictures.

const url = process.env.E2E_URL ?? 'http://127.0.0.1:3000'
const township = '360781107'
const shots = process.env.E2E_SHOTS ?? join(tmpdir(), 'doorstep-shots')
const widths = [360, 768, 1440]

const readers = [
  { language: 'en', officer: 'Zhong Wei', own: en, see: see_en, assess: assess_en, evaluate: evaluate_en },
  { language: 'zh', officer: '钟伟', own: zh, see: see_zh, assess: assess_zh, evaluate: evaluate_zh },
] as const

let browser: Browser
beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  browser = await openBrowser()
})
afterAll(() => browser.close())

describe.each(readers)('a newcomer who reads $language', ({ language, officer, own, see, assess, evaluate }) => {
  let context: BrowserContext
  let page: Page
  const errors: string[] = []
  beforeEach(async () => {
    errors.length = 0
    context = await browser.newContext({ locale: language === 'zh' ? 'zh-CN' : 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    watch(page)
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => errors.push(error.message))
    page.on(
      'console',
      (said) => said.type() === 'error' && errors.push(`console: ${said.text()} ${said.location().url}`),
    )
    // What a page had asked for when it was left is no failure.
    page.on('requestfailed', (request) => {
      const { errorText = 'no answer' } = request.failure() ?? {}
      if (errorText !== 'net::ERR_ABORTED') errors.push(`${request.url()}: ${errorText}`)
    })
    // What the page's own policy stopped, or would: nothing of ours tries it.
    const breach = /content security policy|'[a-z]+-src'/i
    page.on('console', (message) => breach.test(message.text()) && errors.push(message.text()))
    await page.setViewportSize({ width: 1440, height: 900 })
  })
  afterEach(async () => {
    await context.close()
    expect(errors, 'scripts, consoles and requests').toEqual([])
  })

  const go = (path: string) => goto(page, `${url}${path}${path.includes('?') ? '&' : '?'}lang=${language}`)

  /** axe-core finds nothing, nothing is wider than the screen, and no script failed. */
  async function inspect(name: string): Promise<void> {
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 500 ? 720 : 900 })
      await page.waitForTimeout(300)
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth'))
      expect(wide, `${name} at ${width} px is ${wide} px wide`).toBeLessThanOrEqual(width)
      await page.screenshot({ path: join(shots, `${name}-${width}-${language}.png`) })
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    const told = violations.map((found) => `${found.id}: ${found.nodes[0]?.html.slice(0, 160)}`)
    expect(told, `axe-core on ${name}`).toEqual([])
    expect(errors, `scripts of ${name}`).toEqual([])
  }

  async function signIn(): Promise<void> {
    await go('/sign-in')
    await page.getByRole('button', { name: officer }).click()
    await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'))
    await settled(page)
  }

  /** A household that has left the list has been through every step before it. */
  async function exitedHousehold(): Promise<string> {
    const answer = await page.request.get(`${url}/api/see/households?area_code=${township}&status=exited&limit=1`)
    expect(answer.status()).toBe(200)
    const { items } = (await answer.json()) as { items: { household_id: string }[] }
    expect(items.length, 'households that left the list').toBe(1)
    return items[0]?.household_id ?? ''
  }

  test('signs in as one of the township’s people', async () => {
    await go('/sign-in')
    await page.getByRole('heading', { name: own.sign_in.title, exact: true }).waitFor()
    await page.getByRole('button', { name: officer }).waitFor()
    await inspect('sign-in')
    await signIn()
    await page.getByRole('link', { name: own.road.evaluate }).first().waitFor()
    await inspect('home')
  })

  test('sees the campaign as a funnel, and a number opens its list', async () => {
    await signIn()
    await go(`/areas/${township}`)
    await page.getByRole('heading', { name: see.overview.funnel, exact: true }).waitFor()
    await inspect('overview')
    await page.setViewportSize({ width: 1440, height: 900 })
    const step = page.locator('main a[href*="/households?"]').first()
    await step.click()
    await page.waitForURL(/\/households\?/)
    const rows = page.locator('a[href^="/households/360781-"]')
    await rows.first().waitFor()
    expect(await rows.count()).toBeGreaterThan(5)
    await inspect('households')
  })

  test('asks why, and how it stood before', async () => {
    await signIn()
    await go(`/households/${await exitedHousehold()}`)
    await page.getByRole('heading', { name: see.needs.title, exact: true }).waitFor()
    const why = page.getByRole('button', { name: own.ui.why }).first()
    await why.click()
    expect(await why.getAttribute('aria-expanded')).toBe('true')
    await inspect('household')
    await page.setViewportSize({ width: 1440, height: 900 })
    const now = await page.locator('article').textContent()
    await page.locator('input[type="date"]').fill('2014-09-01')
    await page.waitForURL(/2014-09-01/)
    await settled(page)
    expect(await page.locator('article').textContent()).not.toBe(now)
    await inspect('household-as-of')
  })

  test('reads the rules with their sources', async () => {
    await go('/rules')
    await page.getByRole('heading', { name: assess.rules.title, exact: true }).waitFor()
    expect(await page.locator('article, details, section').count()).toBeGreaterThan(3)
    await inspect('rules')
  })

  test('finds the independent evaluation and its decision', async () => {
    await signIn()
    await go('/evaluations?area=360781')
    await page.getByRole('heading', { name: evaluate.list.title, exact: true }).first().waitFor()
    await page.locator('a[href*="/evaluations/"]').first().click()
    await page.waitForURL(/\/evaluations\/[^?]+/)
    await settled(page)
    await inspect('evaluation')
  })
})
