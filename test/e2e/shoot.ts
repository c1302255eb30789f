import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { goto } from './settled.ts'

export type Shot = {
  /** Pages by name: the name goes into the file's. */
  urls: Record<string, string>
  widths?: number[]
  langs?: Array<'en' | 'zh'>
  themes?: Array<'light' | 'dark'>
  out: string
  /** The whole page rather than the first screen. */
  full?: boolean
  /** Runs axe-core on every page and returns what it finds. */
  axe?: boolean
  /** What to do on the page before it is taken: sign in, open a menu. */
  ready?: (page: Page) => Promise<void>
}

export type Finding = { shot: string; rule: string; impact: string; nodes: string[] }

/** Debian's Chromium, told to keep to itself. It draws maps in software where there is no graphics card. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/**
 * Takes every page at every width, language and theme as `name-width-lang-theme.png` into `out`, and returns the
 * findings of axe-core (if asked) and what the pages wrote to the console as errors.
 */
export async function shoot(plan: Shot): Promise<{ findings: Finding[]; errors: string[] }> {
  await mkdir(plan.out, { recursive: true })
  const browser = await openBrowser()
  const findings: Finding[] = []
  const errors: string[] = []
  try {
    for (const width of plan.widths ?? [360, 768, 1440]) {
      for (const lang of plan.langs ?? ['en', 'zh']) {
        for (const theme of plan.themes ?? ['light', 'dark']) {
          const context = await browser.newContext({
            viewport: { width, height: width < 500 ? 720 : 900 },
            colorScheme: theme,
            locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
            reducedMotion: 'reduce',
          })
          const page = await context.newPage()
          page.on('pageerror', (error) => errors.push(`${page.url()} ${error.message}`))
          page.on('console', (message) => message.type() === 'error' && errors.push(`${page.url()} ${message.text()}`))
          for (const [name, url] of Object.entries(plan.urls)) {
            const shot = `${name}-${width}-${lang}-${theme}`
            const address = new URL(url)
            address.searchParams.set('lang', lang)
            address.searchParams.set('theme', theme)
            await page.setViewportSize({ width, height: width < 500 ? 720 : 900 })
            await goto(page, address.href)
            await plan.ready?.(page)
            if (plan.full ?? true) await page.setViewportSize({ width, height: await heightOf(page) })
            await page.waitForTimeout(600)
            const wide = await page.evaluate('document.documentElement.scrollWidth')
            if (Number(wide) > width)
              findings.push({ shot, rule: 'page-wider-than-screen', impact: 'serious', nodes: [`${wide} px`] })
            await page.screenshot({ path: join(plan.out, `${shot}.png`) })
            if (plan.axe) findings.push(...(await inspect(page, shot)))
          }
          await context.close()
        }
      }
    }
  } finally {
    await browser.close()
  }
  return { findings, errors }
}

/** Height of the whole page, so that what sticks to the screen's edges sticks where it would; 9,000 px at the outside. */
async function heightOf(page: Page): Promise<number> {
  return Math.min(9000, Math.max(600, Number(await page.evaluate('document.documentElement.scrollHeight'))))
}

async function inspect(page: Page, shot: string): Promise<Finding[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map((found) => ({
    shot,
    rule: found.id,
    impact: found.impact ?? '',
    nodes: found.nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1] ?? ''}`),
  }))
}

// node test/e2e/shoot.ts OUT URL... : all widths, languages and themes, with axe.
if (process.argv[1] === import.meta.filename) {
  const [out = 'screenshots', ...addresses] = process.argv.slice(2)
  const urls = Object.fromEntries(
    addresses.map((url, i) => [new URL(url).pathname.replaceAll('/', '_').slice(1) || `page${i}`, url]),
  )
  const result = await shoot({ urls, out, axe: true })
  await writeFile(join(out, 'findings.json'), JSON.stringify(result, null, 1))
  console.log(`${result.findings.length} findings, ${result.errors.length} errors: ${join(out, 'findings.json')}`)
  process.exitCode = result.findings.length + result.errors.length > 0 ? 1 : 0
}
