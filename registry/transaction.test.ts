import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Registry } from './open.ts'
import { pinned } from './testing/pinned.ts'
import { testRegistry } from './testing/testing.ts'
import { type Actor, SYSTEM, transact, transactRead, type ReadTx, type Tx } from './transaction.ts'

const RUIJIN: Actor = { account_id: 'account-1', role: 'county_officer', scope: ['360781'] }
const YEPING: Actor = { account_id: 'account-2', role: 'township_officer', scope: ['360781101'] }

let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
})
afterAll(() => registry.close())

const setting = async (tx: Tx, name: string): Promise<string | undefined> =>
  (await sql<{ value: string }>`select current_setting(${name}) as value`.execute(tx)).rows[0]?.value

const note = (tx: Tx, key: string): Promise<unknown> => tx.insertInto('setting').values({ key, value: '1' }).execute()

/** Its type keeps a reading transaction from writing; here somebody does not care for types. */
const writing = (tx: ReadTx): Tx => tx as Tx

/** What the test itself noted: the registry keeps a setting of its own, the fingerprint of its key. */
const keys = (): Promise<string[]> =>
  transactRead(registry, SYSTEM, async (tx) => {
    const rows = await tx.selectFrom('setting').select('key').where('key', '<>', 'key_fingerprint').execute()
    return rows.map((row) => row.key)
  })

describe('transact', () => {
  test('tells the database who acts, and forgets it afterwards', async () => {
    await transact(registry, RUIJIN, async (tx) => {
      expect(await setting(tx, 'doorstep.scope')).toBe('360781')
      expect(await setting(tx, 'doorstep.role')).toBe('county_officer')
      expect(await setting(tx, 'doorstep.account_id')).toBe('account-1')
    })
    await registry.app.connection().execute(async (connection) => {
      const { rows } = await sql<{
        value: string | null
      }>`select current_setting('doorstep.scope', true) as value`.execute(connection)
      expect(rows[0]?.value || null).toBeNull()
    })
  })

  test('joins the transaction it stands in: both are undone together', async () => {
    const outcome = transact(registry, RUIJIN, async (outer) => {
      await note(outer, 'outer')
      await transact(registry, RUIJIN, async (inner) => {
        expect(inner).toBe(outer)
        await note(inner, 'inner')
      })
      throw new Error('the end')
    })
    await expect(outcome).rejects.toThrow('the end')
    expect(await keys()).toEqual([])
  })

  test('refuses a second actor inside the first one’s transaction', async () => {
    await expect(transact(registry, RUIJIN, () => transact(registry, YEPING, async () => 1))).rejects.toThrow(
      'one actor',
    )
  })

  test.each([
    { ...RUIJIN, scope: ["360781'; drop table account; --"] },
    { ...RUIJIN, scope: ['360781', ''] },
    { ...RUIJIN, role: '*' },
    { ...RUIJIN, role: '' },
    { ...RUIJIN, account_id: "a' or 'a" },
  ])('refuses an actor that is not plain: %j', async (actor) => {
    await expect(transact(registry, actor, async () => 1)).rejects.toMatchObject({ code: 'registry_actor_invalid' })
  })

  test('begins anew after a serialization failure', async () => {
    await transact(registry, SYSTEM, (tx) => note(tx, 'counter'))
    const add = (): Promise<void> =>
      transact(
        registry,
        SYSTEM,
        async (tx) => {
          const { value } = await tx
            .selectFrom('setting')
            .select('value')
            .where('key', '=', 'counter')
            .executeTakeFirstOrThrow()
          await tx
            .updateTable('setting')
            .set({ value: String(Number(value) + 1) })
            .where('key', '=', 'counter')
            .execute()
        },
        { isolation_level: 'serializable', attempts: 30 },
      )
    await Promise.all(Array.from({ length: 6 }, add))
    const rows = await registry.app.selectFrom('setting').select('value').where('key', '=', 'counter').execute()
    expect(rows).toEqual([{ value: 7 }])
    await registry.owner.deleteFrom('setting').execute()
  })

  test('transactRead cannot write, whatever it is told', async () => {
    const write = transactRead(registry, SYSTEM, (tx) => note(writing(tx), 'x'))
    await expect(write).rejects.toMatchObject({ code: '25006' })
    const nested = transactRead(registry, SYSTEM, () => transact(registry, SYSTEM, async () => 1))
    await expect(nested).rejects.toThrow('inside transactRead')
  })
})

describe('pinned', () => {
  test('undoes everything, and one failed request does not poison the next', async () => {
    const held = await pinned(registry)
    await transact(held.registry, SYSTEM, (tx) => note(tx, 'kept'))
    const failing = transact(held.registry, SYSTEM, async (tx) => {
      await note(tx, 'lost')
      await note(tx, 'kept')
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    const write = transactRead(held.registry, SYSTEM, (tx) => note(writing(tx), 'x'))
    await expect(write).rejects.toMatchObject({ code: '25006' })
    await Promise.all(['a', 'b', 'c'].map((key) => transact(held.registry, SYSTEM, (tx) => note(tx, key))))
    const seen = await transactRead(held.registry, SYSTEM, (tx) =>
      tx.selectFrom('setting').select('key').orderBy('key').execute(),
    )
    expect(seen.map((row) => row.key)).toEqual(['a', 'b', 'c', 'kept'])
    await held.rollback()
    expect(await keys()).toEqual([])
  })

  test('each request has its own actor', async () => {
    const held = await pinned(registry)
    for (const actor of [RUIJIN, YEPING, SYSTEM]) {
      await transact(held.registry, actor, async (tx) => {
        expect(await setting(tx, 'doorstep.scope')).toBe(actor.scope.join(','))
      })
    }
    await held.rollback()
  })
})

describe('values', () => {
  test('come out as tables.ts says', async () => {
    const { rows } = await sql`select 9007199254740991::bigint as big, 1.50::numeric as money, date '2014-04-01' as day,
      timestamptz '2014-04-01 08:00:00.125+08' as at, array[1, null]::bigint[] as bigs, array['2014-04-01']::date[] as days,
      '{"a": [1, "二"]}'::jsonb as json, array['a', null, 'b,c'] as words`.execute(registry.app)
    expect(rows).toEqual([
      {
        big: 9007199254740991,
        money: '1.50',
        day: '2014-04-01',
        at: '2014-04-01T00:00:00.125Z',
        bigs: [1, null],
        days: ['2014-04-01'],
        json: { a: [1, '二'] },
        words: ['a', null, 'b,c'],
      },
    ])
    await expect(sql`select 9007199254740993::bigint`.execute(registry.app)).rejects.toThrow(RangeError)
  })
})
