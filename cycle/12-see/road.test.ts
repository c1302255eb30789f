import { describe, expect, test } from 'vitest'
import { roles } from '#door/permit/roles.ts'
import { roadFor } from './road.ts'
import words from './words.en.json' with { type: 'json' }
import type { RoadNumbers } from './store-road.ts'

const keys = [
  'submissions quarantined households questions assessed verifications follow_ups appraisals meet review_village',
  'first_notice review_township second_notice review_county objections registered to_register diagnosed undiagnosed plans',
  'plans_draft plans_agreed deliveries due alerts exited exit_checked exit_appraised exit_verified exit_consented',
  'exit_noticed areas_proposed evaluations',
].flatMap((line) => line.split(' ')) as (keyof RoadNumbers)[]
const numbers = (n: (i: number) => number) =>
  Object.fromEntries(keys.map((key, i) => [key, n(i)])) as unknown as RoadNumbers
const notices = { first_notice: 'village_committee', second_notice: 'township_officer' }

describe.each(roles)('the road of %s', (role) => {
  const steps = roadFor(
    role,
    numbers((i) => i + 1),
    notices,
    true,
  )

  test('what waits at a step is the sum of its desks, each with a list of its own', () => {
    for (const step of steps) {
      expect(step.waiting ?? 0, step.step).toBe(step.desks.reduce((sum, desk) => sum + desk.count, 0))
    }
    const hrefs = steps.flatMap((step) => step.desks.map((desk) => desk.href))
    expect(new Set(hrefs).size).toBe(hrefs.length)
    for (const { key } of steps.flatMap((step) => step.desks)) expect(Object.keys(words.waiting)).toContain(key)
  })

  test('nothing waits where there is nothing, and above the county no list is promised that is not kept there', () => {
    expect(
      roadFor(
        role,
        numbers(() => 0),
        notices,
        true,
      ).flatMap((step) => step.desks),
    ).toEqual([])
    const above = roadFor(
      role,
      numbers((i) => i + 1),
      notices,
      false,
    )
    expect(above.flatMap((step) => step.desks)).toEqual([])
    for (const { href } of above) expect(href ?? '/households').toMatch(/^\/(households|survey\/submissions)/)
  })
})

test('a notice waits for whoever the pack lets hang it', () => {
  const keysOf = (role: 'village_committee' | 'township_officer') =>
    roadFor(
      role,
      numbers(() => 1),
      notices,
      true,
    ).flatMap((step) => step.desks.map((desk) => desk.key))
  expect(keysOf('village_committee')).toContain('first_notice')
  expect(keysOf('village_committee')).not.toContain('second_notice')
  expect(keysOf('township_officer')).toContain('second_notice')
})
