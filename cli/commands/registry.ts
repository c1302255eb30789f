import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { audit, NATION } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { exits } from '../exit.ts'
import { example } from '../example.ts'
import { settingsOf, unwrap, withClient, withRegistry, type Common } from '../open.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'

interface Folder extends Common {
  out: string
}

/** Work beneath the door, for whoever keeps the data folder: audit chains, snapshots, backup, restore. */
export function registryCommands(program: Command): void {
  auditCommands(program)

  program
    .command('snapshot')
    .description('write tables of the registry as Parquet, as they stand at one moment, for DuckDB')
    .requiredOption('--out <folder>', 'folder to write')
    .option('--tables <names>', 'comma-separated tables or views (default: areas and the tables of every room)')
    .addHelpText(
      'after',
      example('snapshot --out ./snapshot', 'snapshot --out ./snapshot --tables household,assessment'),
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Folder & { tables?: string }>()
      const [{ snapshot }, { SYSTEM }] = await Promise.all([
        import('#registry/copies/snapshot.ts'),
        import('#registry/transaction.ts'),
      ])
      const named = options.tables?.split(',').map((name) => name.trim())
      const manifest = await shown(options, 'Snapshot', (say) =>
        withRegistry(options, async (registry) => {
          const tables = named ?? (await roomTables(registry))
          return snapshot(registry, { out_dir: resolve(options.out), tables, actor: SYSTEM, on_progress: say })
        }),
      )
      const rows = Object.fromEntries(manifest.tables.map((table) => [table.table, table.rows]))
      tell(
        { taken_at: manifest.taken_at, out: resolve(options.out), tables: manifest.tables.length, rows },
        options.json,
      )
    })

  program
    .command('backup')
    .description('write the whole registry, as it stands at one moment, into a new folder; the secret key is not in it')
    .requiredOption('--out <folder>', 'new folder to write')
    .addHelpText('after', example('backup --out ./backup-2014-12-31'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Folder>()
      const { backup } = await import('#registry/copies/backup.ts')
      const manifest = await shown(options, 'Backup', (say) =>
        withRegistry(options, async (registry) => {
          // Before the copy is taken, so that the copy holds the entry too.
          await transact(registry, SYSTEM, (tx) =>
            audit(tx, {
              county_code: NATION,
              action: 'registry.backup',
              subject_kind: 'registry',
              subject_id: 'backup',
            }),
          )
          return await backup(registry, { out_dir: resolve(options.out), on_progress: say })
        }),
      )
      tell({ taken_at: manifest.taken_at, out: resolve(options.out), ...sums(manifest.tables) }, options.json)
    })

  program
    .command('restore')
    .description('restore a backup into an empty registry (--data or DATABASE_URL) and verify its audit chains')
    .requiredOption('--from <folder>', 'folder of the backup')
    .addHelpText('after', example('--data ./restored restore --from ./backup-2014-12-31'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Common & { from: string }>()
      const { restore } = await import('#registry/copies/backup.ts')
      const { data_dir, database_url, secret_key } = settingsOf(options)
      const { registry, manifest, audit } = await shown(options, 'Restore', (say) =>
        restore({
          data_dir,
          ...(database_url ? { database_url } : {}),
          ...(secret_key ? { secret_key } : {}),
          from_dir: resolve(options.from),
          on_progress: say,
        }),
      )
      await registry.close()
      const { problems, events } = audit
      tell({ taken_at: manifest.taken_at, ...sums(manifest.tables), events, problems }, options.json)
      if (problems.length > 0) process.exitCode = exits.found
    })
}

function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the chain of audit events of every county')
  audit
    .command('verify')
    .description('find any change, gap, reorder or cut tail in the audit chains (exit code 1)')
    .option('--county <code>', 'one county (default: all)')
    .option('--anchors <file>', 'heads kept from earlier (audit anchors), against putting a whole older registry back')
    .addHelpText('after', example('audit verify', 'audit verify --county 360781 --json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Common & { county?: string; anchors?: string }>()
      const report = await verify(options)
      tell({ ...report, verified: report.problems.length === 0 }, options.json)
      if (report.problems.length > 0) process.exitCode = exits.found
    })

  audit
    .command('anchors')
    .description('write the head of every chain, to be kept outside the registry')
    .requiredOption('--out <file>', 'file to write')
    .addHelpText('after', example('audit anchors --out ./anchors.json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Folder>()
      const { auditAnchors } = await import('#registry/audit/verify.ts')
      const anchors = await withRegistry(options, (registry) => auditAnchors(registry))
      await writeFile(resolve(options.out), `${JSON.stringify(anchors, null, 2)}\n`)
      tell({ counties: anchors.length, out: resolve(options.out) }, options.json)
    })
}

async function verify(options: Common & { county?: string; anchors?: string }) {
  if (options.server) {
    const query = options.county ? { county_code: options.county } : {}
    return withClient(options, (client) => unwrap(client.api.audit.verify.$post({ query })))
  }
  const { verifyAudit } = await import('#registry/audit/verify.ts')
  const anchors = options.anchors ? JSON.parse(await readFile(resolve(options.anchors), 'utf8')) : []
  return withRegistry(options, (registry) => verifyAudit(registry, options.county, anchors))
}

/** Areas and what the rooms write, as far as the reading role may see it; files as bytes stay in the registry. */
async function roomTables(registry: Registry): Promise<string[]> {
  const { cycle } = await import('#cycle/cycle.ts')
  const of_bytes = ['form_file', 'submission_file']
  const { rows } = await registry.pools.read.query<{ table_name: string }>(
    "select table_name from information_schema.tables where table_schema = 'doorstep'",
  )
  const visible = new Set(rows.map((row) => row.table_name))
  return ['area', ...cycle.flatMap((room) => room.writes)].filter(
    (name) => visible.has(name) && !of_bytes.includes(name),
  )
}

function sums(tables: readonly { rows: number; bytes: number }[]) {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return { tables: tables.length, rows, bytes: tables.reduce((sum, table) => sum + table.bytes, 0) }
}

type Say = (done: number, total: number, table: string) => void

async function shown<T>(options: Common, label: string, work: (say: Say) => Promise<T>): Promise<T> {
  const line = progressLine(options.json === true)
  try {
    return await work((done, total, table) => line.say(`${label}: ${table}`, done, total))
  } finally {
    line.end()
  }
}
