import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import assess_en from '#cycle/03-assess/words.en.json' with { type: 'json' }
import assess_zh from '#cycle/03-assess/words.zh.json' with { type: 'json' }
import { openBrowser } from './shoot.ts'

// A county officer raises the line and sees whom it would change, in both languages, at a desk and on a phone.
// E2E_SHOTS names a folder for pictures.

const url = process.env.E2E_URL ?? 'http://127.0.0.1:3000'
const shots = process.env.E2E_SHOTS ?? join(tmpdir(), 'doorstep-shots')

let browser: Browser
beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  browser = await openBrowser()
})
afterAll(() => browser.close())

test.each([
  { language: 'en', officer: 'Zhong Wei', words: assess_en.whatif },
  { language: 'zh', officer: '钟伟', words: assess_zh.whatif },
])('a higher line asked of the township, in $language', async ({ language, officer, words }) => {
  const context = await browser.newContext({ locale: language === 'zh' ? 'zh-CN' : 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`${url}/sign-in?lang=${language}`)
  await page.getByRole('button', { name: officer }).click()
  await page.waitForURL((at) => !at.pathname.includes('sign-in'))
  await page.goto(`${url}/what-if?area=360781107&lang=${language}`)
  const run = page.getByRole('button', { name: words.run })
  await run.waitFor()
  expect(await run.isDisabled()).toBe(true)
  await page.locator('.wi-figure input').first().fill('4000')
  await run.click()
  const headline = page.locator('.wi-headline')
  await headline.waitFor({ timeout: 90_000 })
  // A sentence with its numbers, in the reader’s language.
  expect(await headline.textContent()).toMatch(/\d/)
  await page.getByRole('heading', { name: words.list }).waitFor()
  for (const width of [1440, 768, 360]) {
    await page.setViewportSize({ width, height: width < 500 ? 720 : 900 })
    await page.waitForTimeout(500)
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'))
    expect(wide, `${width} px`).toBeLessThanOrEqual(width)
    await page.screenshot({ path: join(shots, `what-if-${width}-${language}.png`), fullPage: width > 700 })
  }
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((found) => `${found.id}: ${found.nodes[0]?.html.slice(0, 160)}`)).toEqual([])
  // The answer stands in the address: the same page again tells it without asking anew.
  await page.reload()
  await headline.waitFor({ timeout: 30_000 })
  expect(errors).toEqual([])
  await context.close()
})
