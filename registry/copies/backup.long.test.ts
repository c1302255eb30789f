import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../audit/audit.ts'
import { backup, restore, verifyBackup } from './backup.ts'
import { readMigrations } from '../migrate.ts'
import { type Registry, openRegistry } from '../open.ts'
import { decrypt, encrypt } from '../secrets/secrets.ts'
import { TEST_SECRET, emptyDatabase, testRegistry } from '../testing/testing.ts'
import { SYSTEM, transact } from '../transaction.ts'

const work = mkdtempSync(join(tmpdir(), 'doorstep-backup-'))
chmodSync(work, 0o755)
const from_dir = join(work, 'backup')
const AWKWARD = 'tab\t back\\slash \\N "quote"\n二'
let registry: Registry

beforeAll(async () => {
  registry = await testRegistry()
  await transact(registry, SYSTEM, async (tx) => {
    // A parent after its child: the foreign key of a table to itself.
    await tx
      .insertInto('area')
      .values([
        { area_code: '360781', parent_code: '36', level: 'county', name: '{}', county_code: '360781' },
        {
          area_code: '36',
          level: 'province',
          name: '{"zh": "江西", "en": "Jiangxi"}',
          longitude: 1 / 3,
          successor_codes: ['x', ''],
        },
      ])
      .execute()
    await tx
      .insertInto('account')
      .values({ account_id: 'a1', login: 'li', name: JSON.stringify({ en: AWKWARD, zh: '' }) })
      .execute()
    await tx.insertInto('account_role').values({ account_id: 'a1', role: 'auditor', area_code: '36' }).execute()
    await tx
      .insertInto('setting')
      .values({ key: 'sealed', value: JSON.stringify(encrypt(registry.keys, 'setting.sealed', '二〇一四')) })
      .execute()
    for (let i = 0; i < 3; i++)
      await audit(tx, { county_code: '360781', action: 'made', subject_kind: 'x', subject_id: AWKWARD, detail: { i } })
  })
  await backup(registry, { out_dir: from_dir })
})
afterAll(async () => {
  await registry.close()
  rmSync(work, { recursive: true, force: true })
})

/** A copy of the backup to spoil. */
async function copy(name: string): Promise<string> {
  const out_dir = join(work, name)
  await backup(registry, { out_dir })
  return out_dir
}

describe('a backup', () => {
  test('lists every table with its rows, is for its owner alone, and verifies', async () => {
    const manifest = await verifyBackup(from_dir)
    const rows = Object.fromEntries(manifest.tables.map((table) => [table.table, table.rows]))
    expect(rows).toMatchObject({ area: 2, account: 1, audit_event: 3, audit_head: 1, session: 0 })
    expect(statSync(from_dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(from_dir, 'account.copy.gz')).mode & 0o777).toBe(0o600)
    await expect(backup(registry, { out_dir: from_dir })).rejects.toMatchObject({ code: 'registry_backup_exists' })
  })

  test('restores into an empty registry, row for row, with the audit chain whole', async () => {
    const empty = await emptyDatabase()
    const restored = await restore({ ...empty.options, from_dir })
    expect(restored.audit).toEqual({ events: 3, counties: 1, problems: [] })
    const both = await Promise.all(
      [registry, restored.registry].map(async ({ owner }) => ({
        area: await owner.selectFrom('area').selectAll().orderBy('area_code').execute(),
        account: await owner.selectFrom('account').selectAll().execute(),
        account_role: await owner.selectFrom('account_role').selectAll().execute(),
        events: await owner.selectFrom('audit_event').selectAll().orderBy('sequence').execute(),
      })),
    )
    expect(both[1]).toEqual(both[0])
    const { value } = await restored.registry.owner
      .selectFrom('setting')
      .select('value')
      .where('key', '<>', 'key_fingerprint')
      .executeTakeFirstOrThrow()
    expect(decrypt(restored.registry.keys, 'setting.sealed', String(value))).toBe('二〇一四')
    // Row-level security is in force again, and the chain goes on.
    expect(await restored.registry.app.selectFrom('audit_event').selectAll().execute()).toEqual([])
    await transact(restored.registry, SYSTEM, (tx) =>
      audit(tx, { county_code: '360781', action: 'x', subject_kind: 'x', subject_id: 'x' }),
    )
    await restored.registry.close()
    await expect(restore({ ...empty.options, from_dir })).rejects.toMatchObject({ code: 'registry_not_empty' })
    await empty.drop()
  })

  test('made before newer migrations is restored under its own, then migrated', async () => {
    const [before, after] = [await emptyDatabase(), await emptyDatabase()]
    const old = await openRegistry({ ...before.options, migrations: readMigrations().slice(0, 1) })
    await transact(old, SYSTEM, (tx) => tx.insertInto('setting').values({ key: 'old', value: '1' }).execute())
    await backup(old, { out_dir: join(work, 'old') })
    await old.close()
    const { registry: restored } = await restore({ ...after.options, from_dir: join(work, 'old') })
    const names = await restored.owner.selectFrom('schema_migration').select('name').orderBy('name').execute()
    expect(names.map((row) => row.name)).toEqual(readMigrations().map((migration) => migration.name))
    const kept = await restored.owner.selectFrom('setting').select('key').orderBy('key').execute()
    expect(kept).toEqual([{ key: 'key_fingerprint' }, { key: 'old' }])
    await restored.close()
    await Promise.all([before.drop(), after.drop()])
  })

  test('made with migrations that are not ours is refused', async () => {
    const empty = await emptyDatabase()
    const older = await copy('older')
    const manifest = JSON.parse(readFileSync(join(older, 'manifest.json'), 'utf8')) as {
      migrations: { sha256: string }[]
    }
    manifest.migrations = manifest.migrations.map((migration) => ({ ...migration, sha256: 'other' }))
    writeFileSync(join(older, 'manifest.json'), JSON.stringify(manifest))
    await expect(restore({ ...empty.options, from_dir: older })).rejects.toMatchObject({
      code: 'registry_backup_foreign',
    })
    await empty.drop()
  })
})

describe('a spoilt backup is refused', () => {
  test('a changed file', async () => {
    const spoilt = await copy('changed')
    appendFileSync(join(spoilt, 'audit_event.copy.gz'), 'x')
    await expect(verifyBackup(spoilt)).rejects.toMatchObject({ code: 'registry_backup_damaged' })
  })

  test('a missing file, a missing manifest', async () => {
    const spoilt = await copy('missing')
    rmSync(join(spoilt, 'setting.copy.gz'))
    await expect(verifyBackup(spoilt)).rejects.toMatchObject({ code: 'registry_backup_damaged' })
    await expect(verifyBackup(work)).rejects.toMatchObject({ code: 'registry_backup_damaged' })
  })

  test('F31: without the key, or with another, nothing is made, and the right key restores afterwards', async () => {
    const empty = await emptyDatabase()
    const { secret_key: _, ...without } = empty.options
    await expect(restore({ ...without, from_dir })).rejects.toMatchObject({ code: 'registry_backup_key' })
    expect(existsSync(join(empty.options.data_dir, 'secret.key'))).toBe(false)
    const another = Buffer.alloc(32, 'another').toString('base64')
    await expect(restore({ ...empty.options, secret_key: another, from_dir })).rejects.toMatchObject({
      code: 'registry_backup_key',
    })
    const { registry: restored } = await restore({ ...empty.options, from_dir })
    await restored.close()
    await empty.drop()
  })

  test('another key, or a manifest written anew: nothing is loaded', async () => {
    const empty = await emptyDatabase()
    const spoilt = await copy('forged')
    const text = readFileSync(join(spoilt, 'manifest.json'), 'utf8')
    writeFileSync(join(spoilt, 'manifest.json'), text.replace(/"taken_at": "20/, '"taken_at": "19'))
    expect(TEST_SECRET).toBe(empty.options.secret_key)
    await expect(restore({ ...empty.options, from_dir: spoilt })).rejects.toMatchObject({ code: 'registry_backup_key' })
    await empty.drop()
  })
})
