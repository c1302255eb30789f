import { openAsBlob } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
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
  saved?: string
  source?: string
  form?: string
  encoding?: string
  decimal?: string
  dateOrder?: string
  blankKey?: string
  differing?: string
  alone?: string
  earlier?: string
  without?: string[]
  dryRun?: boolean
  confirm?: string
}

interface Sum {
  in: number
  used: number
  refused: number
  unused: number
}

interface Problem {
  row: number
  column: string
  code: string
  message: string
}

interface Question {
  code: string
  choices: string[]
  suggested: string | null
  open: boolean
  count: number
  names: string[]
  examples: { row: number; column: string; written: string; readings: Record<string, string> }[]
}

interface Preview {
  fingerprint: string
  encoding: string
  mapping: Record<string, unknown>
  sheets: {
    sheet: string
    use: string
    rows: Sum
    columns: { column: string; use: string; target?: string; why?: string; cells: Sum }[]
  }[]
  others: string[]
  rows: Sum
  cells: Sum
  households: number
  people: number
  known: number
  changed: number
  questions: Question[]
  problems: Problem[]
  problem_count: number
}

interface Imported {
  batch_id: string
  rows_read: number
  rows_accepted: number
  rows_known: number
  rows_quarantined: number
  rows_unused: number
  households: number
  replaced: number
  problems: Problem[]
}

/** How each open question of a preview is answered here. */
const answered_by: Record<string, string> = {
  encoding: '--encoding',
  decimal: '--decimal',
  date_order: '--date-order',
  blank_key: '--blank-key',
  differing: '--differing',
  no_people: '--alone',
  list_missing: '--without',
  earlier: '--earlier',
  mapping: '--mapping',
}

/** A file of submissions or another department's list, through the door: looked at, then POST /api/survey/imports. */
export function importCommands(program: Command): void {
  program
    .command('import')
    .description(
      'import a CSV, XLSX or ODK Central ZIP file: first the summary of every sheet, column and row, then the rows',
    )
    .argument('<file>', 'CSV, XLSX, or ZIP of CSV files')
    .addOption(
      new Option('--kind <kind>', 'what the rows are').choices(['submissions', 'register']).makeOptionMandatory(),
    )
    .requiredOption('--area <code>', 'area the rows belong to')
    .option('--register <name>', 'which register, where the rows are one')
    .option('--form <form_id>', 'which form, where the rows are submissions (default: the household card)')
    .option('--mapping <file>', 'JSON file that maps columns to fields (default: suggested from the column names)')
    .option('--saved <name>', 'a mapping saved under a name')
    .option('--source <name>', 'name of the list; lists of one name know their households again')
    .option('--encoding <name>', 'encoding of text that is not UTF-8')
    .addOption(new Option('--decimal <sign>', 'what parts the decimals').choices(['point', 'comma']))
    .addOption(new Option('--date-order <order>', 'what stands first in 07/10/2026').choices(['dmy', 'mdy']))
    .addOption(new Option('--blank-key <what>', 'rows without a household key').choices(['refuse', 'above', 'own']))
    .addOption(new Option('--differing <what>', 'households whose rows disagree').choices(['refuse', 'first']))
    .addOption(new Option('--alone <what>', 'households for which nobody is named').choices(['refuse', 'accept']))
    .addOption(
      new Option('--earlier <what>', 'households that came before with other answers').choices([
        'replace',
        'keep',
        'both',
      ]),
    )
    .option('--without <list...>', 'lists of the form that the file is known not to hold')
    .option('--dry-run', 'show the summary and write nothing')
    .option('--confirm <fingerprint>', 'import what a summary with this fingerprint showed (asked for on a terminal)')
    .addHelpText(
      'after',
      `${example(
        'import households.csv --kind submissions --area 360781107 --mapping columns.json --decimal comma --dry-run',
        'import vehicles.xlsx --kind register --register vehicle --area 360781 --confirm 0f3a…',
      )}\n\nExit code 1: something is open or not yet confirmed, or some rows were not accepted; those are in quarantine,\nwith a reason each.`,
    )
    .action(async (file: string, _, command: Command) => {
      await importFile(resolve(file), command.optsWithGlobals<ImportOptions>())
    })
}

type Call = (path: string, init: RequestInit) => Promise<Response>

async function importFile(file: string, options: ImportOptions): Promise<void> {
  // A missing file is told with its path here; openAsBlob would not name it.
  await access(file)
  const line = progressLine(options.json === true)
  try {
    await withDoor(options, async (call) => {
      line.say('Reading…')
      const preview = await look(call, file, options)
      line.end()
      const confirmed = await show(preview, options)
      if (confirmed === null) return
      line.say('Importing…')
      const mapping = JSON.stringify(preview.mapping)
      const begun = await post<{ result: Imported | null }>(
        call,
        '/api/survey/imports',
        await body(file, options, { mapping, fingerprint: confirmed }),
      )
      line.end()
      if (begun.result) report(begun.result, options.json)
    })
  } finally {
    line.end()
  }
}

/** The preview; where options answer its questions, that of the mapping with the answers. */
async function look(call: Call, file: string, options: ImportOptions): Promise<Preview> {
  const path = '/api/survey/imports/preview'
  const { encoding, decimal, dateOrder: date_order, blankKey: blank_key, differing, earlier, without } = options
  const said = {
    ...{ encoding, decimal, date_order, blank_key, differing, earlier },
    ...{ no_people: options.alone, without_lists: without },
  }
  const answers = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  const given = options.mapping ? await readFile(resolve(options.mapping), 'utf8') : undefined
  const first = await post<Preview>(
    call,
    path,
    await body(file, options, given === undefined ? {} : { mapping: given }),
  )
  if (Object.keys(answers).length === 0) return first
  const mapping = JSON.stringify({ ...first.mapping, ...answers })
  return await post<Preview>(call, path, await body(file, options, { mapping }))
}

async function body(file: string, options: ImportOptions, more: Record<string, string>): Promise<FormData> {
  const form = new FormData()
  // The fields stand before the file, so that the server knows what it reads while the file streams in.
  form.set('kind', options.kind)
  form.set('area_code', options.area)
  if (options.register) form.set('register', options.register)
  if (options.form) form.set('form_id', options.form)
  if (options.source ?? options.saved) form.set('source', options.source ?? options.saved ?? '')
  if (options.saved && !more['mapping']) form.set('mapping_name', options.saved)
  for (const [name, value] of Object.entries(more)) form.set(name, value)
  form.set('file', await openAsBlob(file), basename(file))
  return form
}

async function post<T>(call: Call, path: string, form: FormData): Promise<T> {
  const response = await call(path, { method: 'POST', body: form, headers: { prefer: 'wait' } })
  const answer = await response.json()
  if (!response.ok) throw new CallFailed(response.status, answer as CallFailed['problem'])
  return answer as T
}

const shown = 20

/** Show the summary; the fingerprint to import with, or null where nothing is to be imported now. */
async function show(preview: Preview, options: ImportOptions): Promise<string | null> {
  const open = preview.questions.filter((each) => each.open)
  if (options.json && (options.dryRun || open.length > 0 || !options.confirm)) {
    tell(preview, true)
    if (!options.dryRun || open.length > 0) process.exitCode = exits.found
    return null
  }
  if (!options.json) tellPreview(preview)
  if (open.length > 0) {
    process.exitCode = exits.found
    return null
  }
  if (options.dryRun) return null
  if (options.confirm) return options.confirm
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const ask = createInterface({ input: process.stdin, output: process.stdout })
    const answer = await ask.question('Import this? (yes/no) ')
    ask.close()
    if (/^y(es)?$/i.test(answer.trim())) return preview.fingerprint
  } else console.log(`Nothing was imported. To import what is shown: --confirm ${preview.fingerprint}`)
  process.exitCode = exits.found
  return null
}

const sum = ({ in: all, used, refused, unused }: Sum) =>
  `${all}: ${used} used, ${refused} refused, ${unused} not imported`

function tellPreview(preview: Preview): void {
  console.log(`Read as ${preview.encoding}. ${preview.households} households, ${preview.people} people.`)
  console.log(`Rows ${sum(preview.rows)}. Cells ${sum(preview.cells)}.`)
  if (preview.known + preview.changed > 0) {
    console.log(`Came before: ${preview.known} in the same words, ${preview.changed} with other answers.`)
  }
  for (const { sheet, use, rows, columns } of preview.sheets) {
    console.log(`${sheet || 'The file'} (${use}), rows ${sum(rows)}`)
    for (const { column, use: of, target, why, cells } of columns) {
      if (cells.in > 0)
        console.log(`  ${column} (${cells.in}): ${target ?? (of === 'key' ? 'key' : `not imported, ${why}`)}`)
    }
  }
  if (preview.others.length > 0) console.log(`Not tables, not imported: ${preview.others.join(', ')}`)
  tellProblems(preview.problems, preview.problem_count)
  for (const { code, choices, suggested, open, count, names, examples } of preview.questions) {
    if (!open) continue
    const how = [answered_by[code], choices.join('|')].filter(Boolean).join(' ')
    console.log(
      `Open: ${code} (${count}) ${names.join(', ')}. Answer with ${how}${suggested ? ` (the rest speaks for ${suggested})` : ''}`,
    )
    for (const { row, column, written, readings } of examples) {
      const ways = Object.entries(readings).map(([choice, reading]) => `${choice}: ${reading}`)
      console.log(`  row ${row}, ${column}: ${written}${ways.length > 0 ? ` -> ${ways.join(', ')}` : ''}`)
    }
  }
  console.log(`Fingerprint ${preview.fingerprint}`)
}

function tellProblems(problems: readonly Problem[], count: number): void {
  for (const { row, column, code, message } of problems.slice(0, shown)) {
    console.log(`row ${row}${column ? `, ${column}` : ''}: ${code}: ${message}`)
  }
  if (count > shown) console.log(`and ${count - shown} more (with --json)`)
}

function report({ problems, ...counts }: Imported, json: boolean | undefined): void {
  if (counts.rows_quarantined > 0) process.exitCode = exits.found
  tell(json ? { ...counts, problems } : counts, json)
  if (!json) tellProblems(problems, problems.length)
}
