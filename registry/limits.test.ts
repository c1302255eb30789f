import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withLimits } from './limits.ts'
import type { Registry } from './open.ts'
import { testRegistry } from './testing/testing.ts'
import { SYSTEM, transact, transactRead, type ReadTx } from './transaction.ts'

let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
})
afterAll(() => registry.close())

const wait = (tx: ReadTx, seconds: number) => sql`select pg_sleep(${seconds})`.execute(tx)
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

test('a statement longer than allowed ends with 57014; what has no limit goes on, also inside', async () => {
  const short = { statement_ms: 200 }
  expect(await codeOf(withLimits(short, () => transactRead(registry, SYSTEM, (tx) => wait(tx, 30))))).toBe('57014')
  expect(await codeOf(transactRead(registry, SYSTEM, (tx) => wait(tx, 0.5)))).toBe('done')
  const job = withLimits(short, () => withLimits({}, () => transact(registry, SYSTEM, (tx) => wait(tx, 0.5))))
  expect(await codeOf(job)).toBe('done')
})

test('who leaves takes his statement with him, for reading and for writing', async () => {
  const reading = () => transactRead(registry, SYSTEM, (tx) => wait(tx, 600))
  const writing = () => transact(registry, SYSTEM, (tx) => wait(tx, 600))
  for (const begin of [reading, writing]) {
    const client = new AbortController()
    const call = codeOf(withLimits({ signal: client.signal }, begin))
    await sleep(500)
    client.abort()
    expect(await call).toBe('57014')
  }
})

test('cancelled ones leave their connection clean for the next, many times over', async () => {
  for (let round = 0; round < 20; round += 1) {
    const client = new AbortController()
    const left = codeOf(
      withLimits({ signal: client.signal }, () => transactRead(registry, SYSTEM, (tx) => wait(tx, 600))),
    )
    await sleep(round * 3)
    client.abort()
    expect(await left).toBe('57014')
    expect(await codeOf(transactRead(registry, SYSTEM, (tx) => wait(tx, 0.01)))).toBe('done')
  }
})
