import { expect, test } from 'vitest'
import { compilePack, rulesIn } from './compile.ts'
import { cardFields } from './forms.ts'
import { loadPack } from './load.ts'

test('a pack with another figure shares all compiled rules; with another rule, all others (F41)', async () => {
  const { pack } = await loadPack(`${import.meta.dirname}/china-2014`)
  if (!pack) throw new Error('the pack has faults')
  const fields = cardFields(pack)
  const before = compilePack(pack, fields).compiled
  const figure = { ...pack, parameters: pack.parameters.map((each) => ({ ...each, values: each.values.slice(0, 1) })) }
  const after = compilePack(figure, fields).compiled
  for (const [code, { met }] of Object.entries(before?.indicators ?? {})) expect(after?.indicators[code]?.met).toBe(met)
  const [first, second] = pack.indicators
  const rule = {
    ...pack,
    indicators: pack.indicators.map((each) => (each === first ? { ...each, met: 'household_size > 3' } : each)),
  }
  const other = compilePack(rule, fields).compiled
  expect(other?.indicators[first?.code ?? '']?.met).not.toBe(before?.indicators[first?.code ?? '']?.met)
  expect(other?.indicators[second?.code ?? '']?.met).toBe(before?.indicators[second?.code ?? '']?.met)
  expect(rulesIn(pack, fields).map((each) => each.source)).toContain(first?.met)
})
