// What a role and an area allow, without a registry: permit.test.ts holds the same over every route.
import { describe, expect, test } from 'vitest'
import * as permit from './permit.ts'
import type { Actor } from './permit.ts'
import { apartOf } from './together.ts'

const actor = (more: Partial<Actor> = {}): Actor => ({
  account_id: 'a1',
  name: null,
  role: 'county_officer',
  area_code: '360781',
  scope: ['360781'],
  ...more,
})
const refusal = (code: string) => expect.objectContaining({ code })

describe('where', () => {
  test('an area and all below it; the nation is everywhere; without an area nowhere', () => {
    expect(permit.scopeOf('360781', 'county')).toEqual(['360781'])
    expect(permit.scopeOf('CN', 'nation')).toEqual(['*'])
    expect(permit.scopeOf(null, 'nation')).toEqual([])
    for (const [scope, code, is] of [
      [['360781'], '360781', true],
      [['360781'], '360781107', true],
      [['360781'], '3607', false],
      [['360781'], '360782', false],
      [['360781', '36079'], '360790', true],
      [['*'], '1', true],
      [[], '360781', false],
    ] as const)
      expect(permit.within(actor({ scope: [...scope] }), code), `${scope} ${code}`).toBe(is)
  })

  test('what lies around touches too, what lies beside does not', () => {
    const county = actor()
    expect(['3607', '360781', '360781107', '360782', '37'].map((code) => permit.touches(county, code))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  test('one of several own areas that lies in it is enough', () => {
    const two = actor({ scope: ['360781', '450000'] })
    expect(['3607', '45', '361'].map((code) => permit.touches(two, code))).toEqual([true, true, false])
  })

  test('what a request has looked at is noted by its actor, and by no other', () => {
    const one = actor()
    expect(permit.lookedAt(one)).toEqual({ area: false, own: false })
    permit.within(one, '360781')
    expect(permit.lookedAt(one)).toEqual({ area: false, own: false })
    expect(permit.ownScope(one)).toEqual(['360781'])
    expect(permit.lookedAt(one)).toEqual({ area: false, own: true })
    permit.covers(one, '1')
    expect(permit.lookedAt(one)).toEqual({ area: true, own: true })
    const other = actor()
    permit.reachesNothing(other)
    expect(permit.lookedAt(other)).toEqual({ area: true, own: false })
  })
})

describe('what', () => {
  test('a role its own actions, in its own area', () => {
    const county = actor()
    expect(() => permit.permit(county, 'survey.import')).not.toThrow()
    expect(() => permit.permit(county, 'survey.import', '360781107')).not.toThrow()
    expect(() => permit.permit(county, 'survey.import', '360782')).toThrow(refusal('outside_area'))
    expect(() => permit.permit(county, 'account.manage')).toThrow(refusal('not_permitted'))
    const nobody = actor({ account_id: null, role: 'public', scope: [] })
    expect(() => permit.permit(nobody, 'survey.import')).toThrow(refusal('sign_in_required'))
    expect(() => permit.permit(nobody, 'area.read')).not.toThrow()
  })

  test('two roles that may not be together: nothing but to see so, and to leave', () => {
    const both = actor({ apart: ['auditor', 'county_officer'] })
    expect(() => permit.permit(both, 'survey.import')).toThrow(refusal('roles_apart'))
    for (const action of ['session.read', 'session.open', 'session.close'] as const)
      expect(() => permit.permit(both, action)).not.toThrow()
  })

  test('who took an earlier step does not take the next', () => {
    expect(() => permit.mustDiffer(actor(), ['a2', null, 'a1'], 'review')).toThrow(refusal('same_person'))
    expect(() => permit.mustDiffer(actor(), ['a2', null, undefined], 'review')).not.toThrow()
    // A step that nobody in particular took keeps nobody from the next.
    expect(() => permit.mustDiffer(actor({ account_id: null }), [null], 'review')).not.toThrow()
  })
})

test.each<[string[], [string, string] | null]>([
  [[], null],
  [['surveyor', 'village_committee', 'administrator'], null],
  [['auditor'], null],
  [['auditor', 'auditor'], null],
  [
    ['surveyor', 'auditor'],
    ['auditor', 'surveyor'],
  ],
  [
    ['evaluator', 'inspector'],
    ['evaluator', 'inspector'],
  ],
  [
    ['inspector', 'administrator'],
    ['inspector', 'administrator'],
  ],
])('of %j apart: %j', (held, apart) => expect(apartOf(held)).toEqual(apart))
