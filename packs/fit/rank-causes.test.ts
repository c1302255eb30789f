import path from 'node:path'
import { expect, test } from 'vitest'
import { base } from '../china-2014/example.ts'
import { loadPack } from '../load.ts'
import { rankCauses } from './rank-causes.ts'
import { rulebookOf, standAt } from '../rulebook.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '..', 'china-2014'))
const book = rulebookOf(pack!)
const at = standAt(book, '2014-12-31', '360781107')
// One need beside income: a dangerous house, after a disaster.
const ruined = { ...base, house_grade: 'D', hardships: ['disaster'], disaster_prone: true }
const closing = (record: Record<string, unknown>) => {
  const ranked = rankCauses(book, record, at)
  const whole = ranked.causes.find((each) => each.closes_indicators.length === ranked.unmet_indicators.length)
  return { ...ranked, share: whole?.closes_share }
}

test('income exactly at the line is no need: the one that is left closes whole', () => {
  const exact = closing(ruined)
  expect(exact).toMatchObject({ income_shortfall: 0, unmet_indicators: ['housing'], share: 1 })
  // A fen below, and income is a second need beside it.
  const below = closing({ ...ruined, wage_income: base.wage_income - 1 })
  expect(below.income_shortfall).toBe(1)
  expect(below.share).toBeLessThanOrEqual(1)
  expect(below.share).toBeGreaterThanOrEqual(0.5)
  expect(closing({ ...ruined, wage_income: base.wage_income + 1 })).toMatchObject({ income_shortfall: 0, share: 1 })
})
