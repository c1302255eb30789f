import { createHmac } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { PoolClient } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { canonical } from '../audit/audit.ts'
import { sealEndings } from '../secrets/endings.ts'
import { fileSha256, meter, tableName } from './files.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { type OpenOptions, type Registry, openRegistry } from '../open.ts'
import { RegistryProblem, registryProblem } from '../problem.ts'
import { keepFingerprint } from './key-check.ts'
import { type Keys, findKeys, sameSecret } from '../secrets/secrets.ts'
import type { JsonValue } from '../tables.ts'
import { type AuditReport, verifyAudit } from '../audit/verify.ts'

const FORMAT = 'doorstep-backup-1'

export interface BackupTable {
  table: string
  file: string
  columns: string[]
  rows: number
  bytes: number
  sha256: string
}

export interface BackupManifest {
  format: typeof FORMAT
  taken_at: string
  migrations: { name: string; sha256: string }[]
  tables: BackupTable[]
  sequences: { name: string; last_value: string }[]
  /** HMAC of the rest with the registry's key: tells damage, forgery and a foreign key apart from a good backup. */
  seal: string
}

export interface Progress {
  on_progress?: (done: number, total: number, table: string) => void
}

/**
 * Writes every table, as it stood at one moment, into the new folder `out_dir`: one gzipped COPY file each, and a
 * sealed manifest. One form for both homes and every version of PostgreSQL. The registry stays in use meanwhile. The
 * secret key is not in it: keep `secret.key` (or DOORSTEP_SECRET_KEY) apart, without it nothing can be restored.
 */
export async function backup(registry: Registry, options: { out_dir: string } & Progress): Promise<BackupManifest> {
  const out_dir = resolve(options.out_dir)
  const making = `${out_dir}.making`
  if (existsSync(out_dir) && readdirSync(out_dir).length > 0) {
    throw new RegistryProblem('registry_backup_exists', `${out_dir} is not empty.`, 'Name a new folder.')
  }
  const client = await registry.pools.owner.connect()
  try {
    rmSync(making, { recursive: true, force: true })
    mkdirSync(making, { recursive: true, mode: 0o700 })
    await client.query('start transaction isolation level repeatable read read only')
    const { rows: moment } = await client.query<{ at: string }>('select now() as at')
    const { rows: migrations } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from schema_migration order by name',
    )
    const order = await tablesInOrder(client)
    const tables: BackupTable[] = []
    for (const table of order) {
      tables.push(await writeTable(client, table, making))
      options.on_progress?.(tables.length, order.length, table)
    }
    const { rows: sequences } = await client.query<{ name: string; last_value: string }>(
      `select sequencename as name, last_value::text from pg_sequences
       where schemaname = 'doorstep' and last_value is not null order by 1`,
    )
    await client.query('commit')
    const content = { format: FORMAT, taken_at: moment[0]?.at ?? '', migrations, tables, sequences } as const
    const manifest: BackupManifest = { ...content, seal: sealOf(registry.keys, content) }
    writeFileSync(join(making, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    rmSync(out_dir, { recursive: true, force: true })
    renameSync(making, out_dir)
    return manifest
  } catch (error) {
    await client.query('rollback').catch(() => {})
    rmSync(making, { recursive: true, force: true })
    throw registryProblem(error, out_dir) ?? error
  } finally {
    client.release()
  }
}

/** Checks a backup's files against its manifest. Throws `registry_backup_damaged`. */
export async function verifyBackup(from_dir: string): Promise<BackupManifest> {
  const damaged = (what: string): RegistryProblem =>
    new RegistryProblem(
      'registry_backup_damaged',
      `The backup in ${from_dir} is damaged: ${what}.`,
      'Use another backup.',
    )
  let manifest: BackupManifest
  try {
    manifest = JSON.parse(readFileSync(join(from_dir, 'manifest.json'), 'utf8')) as BackupManifest
  } catch {
    throw damaged('its manifest.json cannot be read')
  }
  if (manifest.format !== FORMAT) throw damaged(`its format is not ${FORMAT}`)
  for (const { table, file, sha256 } of manifest.tables) {
    const path = join(from_dir, `${tableName(table)}.copy.gz`)
    if (file !== `${table}.copy.gz` || !existsSync(path)) throw damaged(`${file} is missing`)
    if ((await fileSha256(path)) !== sha256) throw damaged(`${file} was changed`)
  }
  return manifest
}

export interface Restored {
  registry: Registry
  manifest: BackupManifest
  /** The audit chains as they verify in the restored registry. */
  audit: AuditReport
}

/**
 * Restores a backup into an empty registry, embedded or a server, and opens it. A backup made before newer migrations
 * is restored under its own and then migrated. All or nothing: a failure leaves the registry empty.
 */
export async function restore(options: OpenOptions & { from_dir: string } & Progress): Promise<Restored> {
  const manifest = await verifyBackup(options.from_dir)
  const migrations = readMigrations()
  const of_backup = migrations.slice(0, manifest.migrations.length)
  if (of_backup.some((migration, index) => migration.sha256 !== manifest.migrations[index]?.sha256)) {
    throw new RegistryProblem(
      'registry_backup_foreign',
      'The backup was made by another version of Doorstep, whose migrations this one does not have.',
      'Restore it with that version or a later one.',
    )
  }
  // The key first: nothing is made, not even a key, where the backup cannot be opened.
  const keys = findKeys(options.data_dir, options.secret_key)
  const { seal, ...content } = manifest
  if (!keys || !sameSecret(seal, sealOf(keys, content))) {
    throw new RegistryProblem(
      'registry_backup_key',
      keys
        ? 'The backup was made with another secret key, or its manifest was changed.'
        : `There is no secret.key in ${options.data_dir}, and without the one of that registry the backup is no use.`,
      'Put the secret.key of that registry into the data folder, or set DOORSTEP_SECRET_KEY; then restore again.',
    )
  }
  const registry = await openRegistry({ ...options, migrations: of_backup, fingerprint: false })
  try {
    await load(registry, manifest, options)
    await migrate(registry.pools.owner, migrations)
    await keepFingerprint(registry.pools.owner, keys)
    await sealEndings(registry.pools.owner, keys)
    return { registry, manifest, audit: await verifyAudit(registry) }
  } catch (error) {
    await registry.close()
    throw registryProblem(error, options.data_dir) ?? error
  }
}

const sealOf = (keys: Keys, content: Omit<BackupManifest, 'seal'>): string =>
  createHmac('sha256', keys.derive('backup-seal'))
    .update(canonical(content as unknown as JsonValue))
    .digest('hex')

/** All tables but schema_migration; a table stands after those its foreign keys name. */
async function tablesInOrder(client: PoolClient): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'doorstep'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> 'schema_migration' order by relname`,
  )
  const { rows: keys } = await client.query<{ from_table: string; to_table: string }>(
    `select f.relname as from_table, t.relname as to_table from pg_constraint c
     join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
     where c.contype = 'f' and c.connamespace = 'doorstep'::regnamespace and c.conrelid <> c.confrelid`,
  )
  const ordered: string[] = []
  const waiting = new Set(tables.map((table) => table.name))
  while (waiting.size > 0) {
    const ready = [...waiting].filter(
      (name) => !keys.some((key) => key.from_table === name && waiting.has(key.to_table)),
    )
    if (ready.length === 0) throw new Error(`foreign keys in a circle: ${[...waiting].join(', ')}`)
    for (const name of ready) waiting.delete(name)
    ordered.push(...ready)
  }
  return ordered
}

async function writeTable(client: PoolClient, table: string, folder: string): Promise<BackupTable> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
     and attgenerated = '' order by attnum`,
    [`doorstep.${table}`],
  )
  const columns = rows.map((row) => row.name)
  const file = `${table}.copy.gz`
  const { rows: counted } = await client.query<{ count: number }>(`select count(*) as count from ${tableName(table)}`)
  const measured = meter()
  await pipeline(
    client.query(copyTo(`copy (select ${quoted(columns)} from ${tableName(table)}) to stdout`)),
    // Level 1: a tenth of the time of level 6 for a few per cent of size.
    createGzip({ level: 1 }),
    measured,
    createWriteStream(join(folder, file), { mode: 0o600 }),
  )
  return { table, file, columns, rows: counted[0]?.count ?? 0, bytes: measured.bytes(), sha256: measured.sha256() }
}

const quoted = (columns: string[]): string => columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')

async function load(
  registry: Registry,
  manifest: BackupManifest,
  options: { from_dir: string } & Progress,
): Promise<void> {
  const client = await registry.pools.owner.connect()
  try {
    await client.query('begin')
    for (const { table } of manifest.tables) await refuseFilled(client, table)
    let done = 0
    for (const entry of manifest.tables) {
      await loadTable(client, entry, options.from_dir)
      options.on_progress?.(++done, manifest.tables.length, entry.table)
    }
    for (const { name, last_value } of manifest.sequences) {
      await client.query('select setval($1::regclass, $2::bigint)', [`doorstep.${tableName(name)}`, last_value])
    }
    await client.query('commit')
    await client.query('analyze')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

async function refuseFilled(client: PoolClient, table: string): Promise<void> {
  const { rows } = await client.query(`select 1 from ${tableName(table)} limit 1`)
  if (rows.length === 0) return
  throw new RegistryProblem(
    'registry_not_empty',
    `The registry to restore into holds data already (table ${table}).`,
    'Restore into a new data folder or an empty database.',
  )
}

async function loadTable(client: PoolClient, entry: BackupTable, folder: string): Promise<void> {
  const table = tableName(entry.table)
  const { rows } = await client.query<{ forced: boolean }>(
    'select relforcerowsecurity as forced from pg_class where oid = to_regclass($1)',
    [`doorstep.${table}`],
  )
  // COPY FROM is refused under row-level security; the owner lifts it inside this transaction alone.
  if (rows[0]?.forced) await client.query(`alter table ${table} no force row level security`)
  await pipeline(
    createReadStream(join(folder, `${table}.copy.gz`)),
    createGunzip(),
    client.query(copyFrom(`copy ${table} (${quoted(entry.columns)}) from stdin`)),
  )
  if (rows[0]?.forced) await client.query(`alter table ${table} force row level security`)
  const { rows: counted } = await client.query<{ count: number }>(`select count(*) as count from ${table}`)
  if (counted[0]?.count !== entry.rows) throw new Error(`${table}: ${counted[0]?.count} rows instead of ${entry.rows}`)
}
