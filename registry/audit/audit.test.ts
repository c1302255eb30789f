import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { audit, auditDigest, auditMany, canonical, eventHash, type AuditEvent } from './audit.ts'
import type { Registry } from '../open.ts'
import { testRegistry } from '../testing/testing.ts'
import { type Actor, SYSTEM, transact } from '../transaction.ts'
import { auditAnchors, verifyAudit } from './verify.ts'

const RUIJIN: Actor = { account_id: 'account-1', role: 'county_officer', scope: ['360781'] }
const registry: Registry = await testRegistry()
afterAll(() => registry.close())

const run = (statement: string): Promise<unknown> => registry.pools.owner.query(statement)
const codes = async (): Promise<string[]> => (await verifyAudit(registry)).problems.map((problem) => problem.code)

const entry = (subject_id: string, county_code = '360781') => ({
  county_code,
  action: 'assessed',
  subject_kind: 'household',
  subject_id,
  household_id: subject_id,
  detail: {
    verdict: 'poor',
    收入: 2300.5,
    list: [1, null, { b: 2, a: 1 }],
    gone: undefined,
    odd: 'nul \u0000 half \uD800',
  },
})

beforeEach(async () => {
  await run('delete from audit_event')
  await run('delete from audit_head')
  for (let i = 1; i <= 5; i++) await transact(registry, RUIJIN, (tx) => audit(tx, entry(`360781-000000${i}`)))
  await transact(registry, SYSTEM, (tx) =>
    auditMany(tx, [entry('a', '110101'), entry('b', '360782'), entry('c', '110101')]),
  )
})

describe('the chain', () => {
  test('verifies as written, whatever the detail', async () => {
    expect(await verifyAudit(registry)).toEqual({ events: 8, counties: 3, problems: [] })
    expect(await verifyAudit(registry, '110101')).toEqual({ events: 2, counties: 1, problems: [] })
  })

  test('is as long as what was committed, however many write at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        transact(registry, RUIJIN, async (tx) => {
          await audit(tx, entry(`360781-${i}`))
          if (i % 4 === 0) throw new Error('undone')
        }).catch(() => {}),
      ),
    )
    expect(await verifyAudit(registry, '360781')).toEqual({ events: 20, counties: 1, problems: [] })
  })

  test('takes thousands at once', async () => {
    const many = Array.from({ length: 4500 }, (_, i) => entry(`h-${i}`, i % 2 ? '360781' : '360782'))
    await transact(registry, SYSTEM, (tx) => auditMany(tx, many))
    expect(await verifyAudit(registry)).toEqual({ events: 4508, counties: 3, problems: [] })
  })

  test('is written by whoever acts, to any county, but not without an actor', async () => {
    const officer = { ...RUIJIN, scope: ['360781101'] }
    await transact(registry, officer, (tx) => audit(tx, entry('x')))
    await expect(audit(registry.app as never, entry('y'))).rejects.toThrow('not a transaction')
    const bare = registry.pools.app.query(
      `insert into audit_event values ('360781', 99, '2014-01-01', null, 'x', 'x', 'x', 'x', null, '{}', '', '')`,
    )
    await expect(bare).rejects.toMatchObject({ code: '42501' })
  })
})

describe('tampering by the owner of the tables is found', () => {
  test.each([
    [
      'a changed detail',
      `update audit_event set detail = jsonb_set(detail, '{verdict}', '"well off"') where sequence = 3 and county_code = '360781'`,
      ['audit_changed'],
    ],
    [
      'another author',
      `update audit_event set account_id = 'account-9' where sequence = 2 and county_code = '360781'`,
      ['audit_changed'],
    ],
    [
      'another time',
      `update audit_event set recorded_at = recorded_at + interval '1 millisecond' where sequence = 2 and county_code = '360781'`,
      ['audit_changed'],
    ],
    ['a deleted event', `delete from audit_event where sequence = 3 and county_code = '360781'`, ['audit_gap']],
    ['a deleted first event', `delete from audit_event where sequence = 1 and county_code = '360781'`, ['audit_gap']],
    ['a cut tail', `delete from audit_event where sequence >= 4 and county_code = '360781'`, ['audit_tail_cut']],
    ['a whole chain gone', `delete from audit_event where county_code = '360781'`, ['audit_tail_cut']],
    ['a head gone', `delete from audit_head where county_code = '360781'`, ['audit_head_missing']],
    [
      'an event moved to another county',
      `update audit_event set county_code = '110101', sequence = 3 where sequence = 5 and county_code = '360781'`,
      ['audit_relinked', 'audit_changed', 'audit_head_forged', 'audit_tail_cut'],
    ],
  ])('%s', async (_name, statement, expected) => {
    await run(statement)
    expect(await codes()).toEqual(expected)
  })

  test('two events that changed places', async () => {
    await run(`update audit_event set sequence = 99 where sequence = 2 and county_code = '360781'`)
    await run(`update audit_event set sequence = 2 where sequence = 3 and county_code = '360781'`)
    await run(`update audit_event set sequence = 3 where sequence = 99 and county_code = '360781'`)
    expect(await codes()).toContain('audit_relinked')
    expect(await codes()).toContain('audit_changed')
  })

  test('the last event put anew, its own hash with it: the head remembers another', async () => {
    const last = await registry.owner
      .selectFrom('audit_event')
      .selectAll()
      .where('county_code', '=', '360781')
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    const forged = { ...last, subject_id: 'somebody else' } as AuditEvent
    const hash = eventHash(last.previous_hash, forged)
    await run(`update audit_event set subject_id = 'somebody else', hash = '${hash}'
      where county_code = '360781' and sequence = ${last.sequence}`)
    expect(await codes()).toEqual(['audit_head_forged'])
  })

  test('a cut tail with a head to match: the seal is of another head', async () => {
    await run(`delete from audit_event where sequence >= 4 and county_code = '360781'`)
    await run(`update audit_head set sequence = 3, hash = (select hash from audit_event where sequence = 3 and county_code = '360781')
      where county_code = '360781'`)
    expect(await codes()).toEqual(['audit_head_forged'])
  })

  test('a chain rolled back to an older, rightly sealed state is found with an anchor kept outside', async () => {
    const { rows } = await registry.pools.owner.query<{ seal: string; hash: string }>(
      `select seal, hash from audit_head where county_code = '360781'`,
    )
    await transact(registry, RUIJIN, (tx) => audit(tx, entry('later')))
    const anchors = await auditAnchors(registry)
    await run(`delete from audit_event where sequence = 6 and county_code = '360781'`)
    await run(
      `update audit_head set sequence = 5, hash = '${rows[0]?.hash}', seal = '${rows[0]?.seal}' where county_code = '360781'`,
    )
    expect(await codes()).toEqual([])
    const report = await verifyAudit(registry, undefined, anchors)
    expect(report.problems.map((problem) => problem.code)).toEqual(['audit_anchor_lost'])
  })
})

describe('canonical JSON', () => {
  test('does not depend on the order of keys', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: 1.5 })).toBe('{"a":1.5,"b":[1,{"c":"x","d":null}]}')
  })

  test('a digest depends on every row and on their order', () => {
    const [a, b] = [{ id: 1 }, { id: 2 }]
    expect(auditDigest([a, b]).sha256).not.toBe(auditDigest([b, a]).sha256)
    expect(auditDigest([a, b]).sha256).toBe(auditDigest([{ id: 1 }, { id: 2 }]).sha256)
  })
})
