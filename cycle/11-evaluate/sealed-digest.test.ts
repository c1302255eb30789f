import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditDigest, keyedDigest, RowsDigest } from '#registry/audit/audit.ts'
import { evaluating } from '#test/steps/evaluating.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

// Whoever reads the audit page knows every household and every finding there can be, and may try all of them against a
// digest. Nothing of an inspection may follow before it is published (F49).
let world: World
let steps: ReturnType<typeof evaluating>
let evaluation_id: string
let households: string[]
beforeAll(async () => {
  world = await openWorld()
  steps = evaluating(world)
  households = await steps.families(6)
  evaluation_id = await steps.design()
  await steps.draw(evaluation_id)
  for (const login of ['zhao.ruixue', 'ma.tianyu']) {
    const { items } = await steps.unitsFor(login, evaluation_id)
    // One by one, so that each event is about one household: the easiest to guess.
    for (const [index, { household_id }] of items.entries()) {
      const answers = steps.answersOf(index === 0 ? { house_grade: 'D' } : {})
      await steps.inspect(login, evaluation_id, [{ household_id, inspected_on: '2015-12-20', answers }])
    }
  }
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

const digests = ['sha256', 'sha1', 'md5'] as const
const days = Array.from({ length: 12 }, (_, index) => `2015-12-${String(10 + index).padStart(2, '0')}`)

/** Every row that an inspection's digest may be made of. */
const guesses = () =>
  households.flatMap((household_id) =>
    [true, false, null].flatMap((found_poor) =>
      [null, 'refused', 'absent', 'moved', 'not_found'].flatMap((nonresponse) =>
        days.map((day) => [household_id, found_poor, nonresponse, day]),
      ),
    ),
  )

/** Ways in which a stranger would write such a row down before he hashes it. */
const written = (row: unknown[]) => [
  JSON.stringify(row),
  `${JSON.stringify(row)}\n`,
  JSON.stringify([row]),
  row.join(' '),
  row.join('|'),
  row.join(','),
  row.join('\n'),
]

async function events() {
  const officer = await world.as('zhong.wei')
  const query = { county_code: world.county_code, limit: '500' }
  return (await unwrap(officer.api.audit.$get({ query }))).events
}

test('no search over households and findings gives the digest of an inspection', async () => {
  const inspected = (await events()).filter((event) => event.action === 'evaluate.inspect')
  expect(inspected).toHaveLength(households.length)
  const stored = new Set(inspected.map((event) => String((event.detail as { digest: string }).digest)))
  expect(stored.size).toBe(households.length)
  const found = guesses().flatMap((row) => {
    const plain = auditDigest([row as never]).sha256
    const hashes = written(row).flatMap((text) => digests.map((name) => createHash(name).update(text).digest('hex')))
    return [plain, createHash('sha256').update(plain).digest('hex'), ...hashes].filter((hash) => stored.has(hash))
  })
  expect(found).toEqual([])
  // With the registry's key the same search finds each of them: it looked for the right thing.
  const with_key = guesses().filter((row) =>
    stored.has(keyedDigest(world.registry.keys, auditDigest([row as never]) as RowsDigest)),
  )
  expect(with_key.map(([household_id]) => household_id).toSorted()).toEqual(households.toSorted())
  // A key of another registry finds none.
  const other = keyedDigest({ ...world.registry.keys, derive: () => Buffer.alloc(32, 1) }, auditDigest([]))
  expect(stored.has(other)).toBe(false)
})

test('before it is published the audit page names no household of the draw and no finding', async () => {
  const own = (await events()).filter((event) => event.action.startsWith('evaluate.'))
  expect(own.length).toBeGreaterThan(households.length)
  for (const event of own) {
    expect(event.household_id).toBeNull()
    const text = JSON.stringify(event.detail)
    for (const household_id of households) expect(text).not.toContain(household_id)
    expect(text).not.toMatch(/found_poor|recognises_help|house_grade/)
  }
})

test('the chain’s own hashes tell no more: they rest on the keyed digest', async () => {
  const [event] = (await events()).filter((each) => each.action === 'evaluate.inspect')
  expect(JSON.stringify(event?.detail)).toMatch(/^\{"digest":"[0-9a-f]{64}","inspections":1\}$/)
})
