import { expect, test } from 'vitest'
import { openRegistry } from './open.ts'
import { TEST_SERVER, emptyDatabase, testRegistry } from './testing.ts'

test('another secret key is refused before anything is written with it', async () => {
  const { options, drop } = await emptyDatabase()
  const first = await openRegistry(options)
  await first.close()
  const secret_key = Buffer.alloc(32, 'another key').toString('base64')
  await expect(openRegistry({ ...options, secret_key })).rejects.toMatchObject({ code: 'registry_secret_mismatch' })
  await drop()
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
