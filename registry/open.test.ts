import { expect, test } from 'vitest'
import { audit } from './audit/audit.ts'
import { checkKey } from './copies/key-check.ts'
import { openRegistry } from './open.ts'
import { keyFingerprint, keysFrom } from './secrets/secrets.ts'
import { SYSTEM, transact } from './transaction.ts'
import { TEST_SERVER, emptyDatabase, testRegistry } from './testing/testing.ts'

test('another secret key is refused before anything is written with it', async () => {
  const { options, drop } = await emptyDatabase()
  const first = await openRegistry(options)
  await first.close()
  const secret_key = Buffer.alloc(32, 'another key').toString('base64')
  await expect(openRegistry({ ...options, secret_key })).rejects.toMatchObject({ code: 'registry_secret_mismatch' })
  await drop()
})

test('F64: a server that trusts everybody does not let another key in', async () => {
  const { options, drop } = await emptyDatabase()
  const first = await openRegistry(options)
  const another = keysFrom({ '1': Buffer.alloc(32, 'another key') }, '1')
  await expect(checkKey(first.pools.owner, another)).rejects.toMatchObject({ code: 'registry_secret_mismatch' })
  // A registry from before fingerprints is known by the seals of its audit.
  await transact(first, SYSTEM, (tx) =>
    audit(tx, { county_code: '360781', action: 'x', subject_kind: 'x', subject_id: 'x' }),
  )
  await first.pools.owner.query("delete from setting where key = 'key_fingerprint'")
  await expect(checkKey(first.pools.owner, another)).rejects.toMatchObject({ code: 'registry_secret_mismatch' })
  await first.close()
  const again = await openRegistry(options)
  const { rows } = await again.pools.owner.query("select value from setting where key = 'key_fingerprint'")
  expect(rows).toEqual([{ value: keyFingerprint(again.keys) }])
  await again.close()
  await drop()
})

test('F31: two registries of two keys live on one server, each behind roles of its own', async () => {
  const [one, two] = [await emptyDatabase(), await emptyDatabase()]
  const first = await openRegistry(one.options)
  const secret_key = Buffer.alloc(32, 'the second data folder').toString('base64')
  const second = await openRegistry({ ...two.options, secret_key })
  for (const registry of [first, second]) {
    await transact(registry, SYSTEM, (tx) => tx.insertInto('setting').values({ key: 'mine', value: '1' }).execute())
    expect(await registry.app.selectFrom('audit_event').selectAll().execute()).toEqual([])
    await expect(registry.pools.read.query("insert into setting (key, value) values ('x', '1')")).rejects.toThrow()
  }
  expect(second.connection.user).not.toBe(first.connection.user)
  // Opened again it finds its roles; the first one's key does not open it.
  await second.close()
  const again = await openRegistry({ ...two.options, secret_key })
  await again.close()
  await expect(openRegistry(two.options)).rejects.toMatchObject({ code: 'registry_secret_mismatch' })
  await first.close()
  await Promise.all([one.drop(), two.drop()])
})

test('several processes may open an empty registry at once', async () => {
  const { options, drop } = await emptyDatabase()
  const registries = await Promise.all([1, 2, 3].map(() => openRegistry(options)))
  for (const registry of registries) {
    expect(await registry.read.selectFrom('area').selectAll().execute()).toEqual([])
    await registry.close()
  }
  await drop()
})

test.each([
  ['mysql://localhost/x', 'registry_url_invalid'],
  ['not an address', 'registry_url_invalid'],
  // Port 1 of this machine: nothing listens there.
  ['postgres://nobody:x@127.0.0.1:1/x', 'registry_unreachable'],
])('DATABASE_URL=%s is %s', async (database_url, code) => {
  const { options, drop } = await emptyDatabase()
  await expect(openRegistry({ ...options, database_url })).rejects.toMatchObject({ code })
  await drop()
})

test('closing twice is closing once', async () => {
  const registry = await testRegistry()
  await registry.close()
  await registry.close()
})

test.skipIf(!TEST_SERVER)(
  'these tests ran on a server (skipped: TEST_DATABASE_URL is not set, so all ran on the embedded one)',
  async () => {
    const registry = await testRegistry()
    expect(registry.home).toBe('server')
    await registry.close()
  },
)
