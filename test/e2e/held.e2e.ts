import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import deliver from '#cycle/08-deliver/words.en.json' with { type: 'json' }
import exit from '#cycle/10-exit/words.en.json' with { type: 'json' }
import monitor from '#cycle/09-monitor/words.en.json' with { type: 'json' }
import shell from '#web/words/en.json' with { type: 'json' }
import { openBrowser } from './shoot.ts'
import { onePerRole, signedIn } from './walk.ts'

// A decision in the browser: a reason of one's own for each family, kept over a reload and never carried to the next;
// held for a minute, taken back without a trace, sent when one says so; nobody chosen beforehand in bulk.

const url = process.env.E2E_URL ?? 'http://127.0.0.1:3000'
const township = '360781107'
const wait = { timeout: 60_000 }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

async function as(role: string): Promise<Page> {
  const person = (await onePerRole(url)).find((each) => each?.role === role)
  return signedIn(browser, url, person ?? null)
}

const get = async <T>(page: Page, path: string): Promise<T> =>
  (await page.request.get(`${url}${path}`)).json() as Promise<T>

test('an alert is not handled without what was found; drafts stay with their family; a minute to take it back', async () => {
  const page = await as('township_officer')
  // The page warns before it closes while something is held; this reader goes on.
  page.on('dialog', (dialog) => void dialog.accept())
  const open = async () =>
    (await get<{ total: number }>(page, `/api/monitor/alerts?area_code=${township}&state=open&limit=1`)).total
  const before = await open()
  expect(before).toBeGreaterThan(2)
  await page.goto(`${url}/alerts?area=${township}&lang=en`)
  const note = page.locator('#alert-note')
  await note.waitFor(wait)
  const helped = page.getByRole('button', { name: monitor.helped, exact: false }).first()
  await helped.click()
  await page.getByText(monitor.note_missing).waitFor(wait)
  expect(await open()).toBe(before)

  await note.fill('Roof gone; the family sleeps at the school.')
  await page.reload()
  await note.waitFor(wait)
  expect(await note.inputValue()).toBe('Roof gone; the family sleeps at the school.')
  await note.press('Escape')
  await page.keyboard.press('j')
  await expect.poll(() => note.inputValue(), wait).toBe('')
  await page.keyboard.press('k')
  await expect.poll(() => note.inputValue(), wait).toContain('Roof gone')

  const bar = page.locator('.s-held')
  await helped.click()
  await bar.waitFor(wait)
  await expect.poll(() => note.inputValue(), wait).toBe('')
  expect(await open(), 'nothing is sent within the minute').toBe(before)
  await page.reload()
  await bar.waitFor(wait)
  await bar.getByRole('button', { name: shell.held.undo }).click()
  await bar.waitFor({ state: 'detached', ...wait })
  expect(await open()).toBe(before)
  await note.waitFor(wait)
  await expect.poll(() => note.inputValue(), wait).toContain('Roof gone')

  await helped.click()
  await bar.getByRole('button', { name: shell.held.send }).click()
  await bar.waitFor({ state: 'detached', ...wait })
  await expect.poll(open, wait).toBe(before - 1)
  await page.context().close()
}, 400_000)

test('nobody is chosen beforehand where many leave the list, and what will follow is said with its numbers', async () => {
  const page = await as('county_officer')
  type Counts = { counts: Record<string, number> }
  const counts = () => get<Counts>(page, `/api/exit/cases?area_code=${township}&limit=1`).then((each) => each.counts)
  const before = await counts()
  expect(before['noticed'], 'the demonstration leaves some on notice').toBeGreaterThan(1)
  await page.goto(`${url}/exits?area=${township}&state=noticed&lang=en`)
  await page.getByRole('button', { name: exit.for_several }).click(wait)
  const dialog = page.getByRole('dialog')
  await dialog.getByText(exit.step.exited, { exact: true }).click(wait)
  const boxes = dialog.locator('.d-choose input[type=checkbox]')
  expect(await boxes.count()).toBe(before['noticed'])
  expect(await dialog.locator('.d-choose input[type=checkbox]:checked').count()).toBe(0)
  const record = dialog.locator('button[type=submit]')
  expect(await record.isDisabled()).toBe(true)
  // With every box empty neither the button nor Enter acts on anybody (F5).
  await dialog.locator('input[type=date]').first().press('Enter')
  expect(await page.locator('.s-held').count()).toBe(0)
  await boxes.first().click()
  expect(await dialog.locator('.d-follows').innerText()).toMatch(/^1 household of \d+ leaves/)
  await record.click()
  const bar = page.locator('.s-held')
  await bar.waitFor(wait)
  expect(await counts()).toEqual(before)
  await bar.getByRole('button', { name: shell.held.undo }).click()
  await bar.waitFor({ state: 'detached', ...wait })
  expect(await counts()).toEqual(before)
  await page.context().close()
})

test('nothing is given and nothing is signed before somebody says so of each family (F5)', async () => {
  const page = await as('county_officer')
  type Given = { items: { household_id: string; head_signed: boolean }[] }
  const due = async () => (await get<{ total: number }>(page, '/api/deliver/due?area_code=360781&limit=1')).total
  const before = await due()
  expect(before).toBeGreaterThan(1)
  await page.goto(`${url}/deliveries/enter?area=360781&lang=en`)
  const record = page.getByRole('button', { name: deliver.enter.do.replace(' ({{n}})', '') })
  await record.waitFor(wait)
  await page.getByLabel(deliver.provider).fill('Township welfare station')
  expect(await page.locator('main table input[type=checkbox]').count()).toBeGreaterThan(1)
  expect(await page.locator('main table input[type=checkbox]:checked').count()).toBe(0)
  await page.getByText(deliver.enter.nobody).waitFor(wait)
  expect(await record.isDisabled()).toBe(true)
  // Signed alone gives nothing; given alone signs nothing.
  const row = page.locator('main table tbody tr').first()
  const [given, signed] = [row.locator('input[type=checkbox]').first(), row.locator('input[type=checkbox]').last()]
  expect(await signed.isDisabled()).toBe(true)
  await given.check()
  expect(await signed.isChecked()).toBe(false)
  const household = /\d{6}-\d+/.exec(await row.innerText())?.[0] ?? ''
  await record.click()
  const bar = page.locator('.s-held')
  await bar.getByRole('button', { name: shell.held.send }).click(wait)
  await bar.waitFor({ state: 'detached', ...wait })
  await expect.poll(due, wait).toBe(before - 1)
  const list = await get<Given>(page, `/api/deliver/deliveries?area_code=360781&limit=500`)
  const newest = list.items.filter((each) => each.household_id === household)
  expect(newest.some((each) => !each.head_signed)).toBe(true)
  await page.context().close()
})
