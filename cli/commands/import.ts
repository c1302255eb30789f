import { openAsBlob } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { CallFailed } from '#server/client.ts'
import { exits } from '../exit.ts'
import { example } from '../example.ts'
import { withDoor, type Common } from '../open.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'

interface ImportOptions extends Common {
  kind: 'submissions' | 'register'
  area: string
  register?: string
  mapping?: string
  form?: string
}

interface Imported {
  batch_id: string
  rows_read: number
  rows_accepted: number
  rows_quarantined: number
  problems: { row: number | null; column: string | null; code: string; message: string }[]
}

/** A file of submissions or another department's list, through the door: POST /api/survey/imports. */
export function importCommands(program: Command): void {
  program
    .command('import')
    .description('import a CSV or XLSX file of submissions or of a register; rows that do not fit are kept aside')
    .argument('<file>', 'CSV (UTF-8 or GB18030) or XLSX')
    .addOption(
      new Option('--kind <kind>', 'what the rows are').choices(['submissions', 'register']).makeOptionMandatory(),
    )
    .requiredOption('--area <code>', 'area the rows belong to')
    .option('--register <name>', 'which register, where the rows are one')
    .option('--form <form_id>', 'which form, where the rows are submissions (default: the household card)')
    .option('--mapping <file>', 'JSON file that maps columns to fields (default: suggested from the column names)')
    .addHelpText(
      'after',
      `${example(
        'import households.csv --kind submissions --area 360781107 --mapping columns.json',
        'import vehicles.xlsx --kind register --register vehicle --area 360781',
      )}\n\nExit code 1: some rows were not accepted; they are in quarantine, with a reason each.`,
    )
    .action(async (file: string, _, command: Command) => {
      await importFile(resolve(file), command.optsWithGlobals<ImportOptions>())
    })
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const form = new FormData()
  // The fields stand before the file, so that the server knows what it reads while the file streams in.
  form.set('kind', options.kind)
  form.set('area_code', options.area)
  if (options.register) form.set('register', options.register)
  if (options.form) form.set('form_id', options.form)
  if (options.mapping) form.set('mapping', await readFile(resolve(options.mapping), 'utf8'))
  // A missing file is told with its path here; openAsBlob would not name it.
  await access(file)
  form.set('file', await openAsBlob(file), basename(file))
  const line = progressLine(options.json === true)
  line.say('Importing…')
  try {
    const result = await withDoor(options, async (call) => {
      const response = await call('/api/survey/imports', { method: 'POST', body: form })
      const body = await response.json()
      if (!response.ok) throw new CallFailed(response.status, body as CallFailed['problem'])
      return body as Imported
    })
    line.end()
    report(result, options.json)
    if (result.rows_quarantined > 0) process.exitCode = exits.found
  } finally {
    line.end()
  }
}

const shown = 20

function report({ problems, ...counts }: Imported, json: boolean | undefined): void {
  tell(json ? { ...counts, problems } : counts, json)
  if (json) return
  for (const { row, column, code, message } of problems.slice(0, shown)) {
    console.log(`${row === null ? 'file' : `row ${row}`}${column ? `, ${column}` : ''}: ${code}: ${message}`)
  }
  if (problems.length > shown) console.log(`and ${problems.length - shown} more (all of them with --json)`)
}
