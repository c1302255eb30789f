// OpenFisca-Core (AGPL) beside ours: a program of its own, in a virtual environment made under the temporary folder,
// never shipped or linked. Its inputs are what its own conventions make of a missing answer: 0, false, first choice.
import { execFile } from 'node:child_process'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { quote, type Duck } from '#synthetic/duck.ts'
import type { Rulebook, Standpoint } from '#packs/rulebook.ts'

const run = promisify(execFile)
/** Read in 2026-11; the version is pinned so that figures can be measured again. */
const OPENFISCA = 'OpenFisca-Core==46.0.1'

export type OpenFiscaRun = {
  seconds: number
  cpu_seconds: number
  seconds_load: number
  peak_rss_mb: number
  verdicts_file: string
}
type Input = { of: 'person' | 'household'; type: 'money' | 'int' | 'bool' | 'date' | 'choice'; choices?: string[] }

/** Python of a virtual environment with OpenFisca; made where it is not there yet. Throws with pip's words. */
async function python(): Promise<string> {
  const folder = path.join(tmpdir(), 'doorstep-openfisca-46.0.1')
  const found = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const ready = path.join(folder, 'ready')
  const exists = await access(ready).then(
    () => true,
    () => false,
  )
  if (exists) return found
  await run('python3', ['-m', 'venv', '--clear', folder])
  await run(found, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', OPENFISCA], { timeout: 300_000 })
  await writeFile(ready, OPENFISCA)
  return found
}

/** Tables `households`, `members` and `registers` of `duck`, ids from 1 without a gap. Throws where Python is missing. */
export async function runOpenFisca(duck: Duck, book: Rulebook, at: Standpoint, work: string): Promise<OpenFiscaRun> {
  const interpreter = await python()
  const folder = path.join(work, 'openfisca')
  await mkdir(folder, { recursive: true })
  const { household, lists } = book.compiled.schema
  const inputs: Record<string, Input> = {}
  const write = (name: string, sql: string, table: string) =>
    duck.connection.run(
      `copy (select ${sql} from ${table}) to ${quote(path.join(folder, `${name}.txt`))} (format csv, header false)`,
    )
  const asNumber = (name: string, { type, choices }: Input): string => {
    if (type === 'bool') return `coalesce(${name}, false)::integer`
    if (type === 'date') return `coalesce(${name} - date '1970-01-01', 0)`
    if (type === 'choice')
      return `coalesce(list_position([${choices!.map(quote).join(', ')}], ${name}::varchar), 1) - 1`
    return `coalesce(${name}, 0)`
  }
  const give = async (of: Input['of'], name: string, type: Input['type'], table: string, sql?: string) => {
    const declared = of === 'person' ? lists['members']![name] : household[name]
    const input: Input = { of, type, ...(type === 'choice' ? { choices: declared!.choices! } : {}) }
    inputs[name] = input
    await write(name, sql ?? asNumber(name, input), table)
  }
  const HOUSEHOLDS = '(select * from households order by household_id)'
  const MEMBERS = '(select * from members)'
  const money = Object.keys(household).filter((name) => /_income$|^production_cost$/.test(name))
  const derived = new Set(book.pack.derived.map(({ name }) => name))
  for (const name of money.filter((each) => !derived.has(each))) await give('household', name, 'money', HOUSEHOLDS)
  await give('household', 'medical_expense', 'money', HOUSEHOLDS)
  for (const name of ['household_size', 'water_minutes', 'water_short_months'])
    await give('household', name, 'int', HOUSEHOLDS)
  for (const name of ['protein_weekly', 'seasonal_clothing', 'water_safe'])
    await give('household', name, 'bool', HOUSEHOLDS)
  for (const name of ['owns_town_house', 'owns_business', 'public_payroll'])
    await give('household', name, 'bool', HOUSEHOLDS)
  for (const name of ['food_shortage', 'house_grade', 'water_source'])
    await give('household', name, 'choice', HOUSEHOLDS)
  for (const asset of ['car', 'truck', 'tractor']) {
    const sql = `coalesce(list_contains(assets, '${asset}'), false)::integer`
    await give('household', `has_${asset}`, 'bool', HOUSEHOLDS, sql)
  }
  // OpenFisca has one kind of list, the persons; so the register entries are given counted, outside its time.
  const ENTRIES = `(select h.household_id, coalesce(max(coalesce(r.value, 1000000000)) filter (where register = 'vehicle'), 0) as vehicle_value,
      coalesce(max(coalesce(r.value, 1000000000)) filter (where register = 'business'), 0) as business_value,
      count(*) filter (where register = 'property') > 0 as property_entry, count(*) filter (where register = 'payroll') > 0 as payroll_entry
    from households h left join registers r using (household_id) group by 1 order by 1)`
  for (const name of ['vehicle_value', 'business_value']) await give('household', name, 'money', ENTRIES, name)
  for (const name of ['property_entry', 'payroll_entry'])
    await give('household', name, 'bool', ENTRIES, `${name}::integer`)
  await give('person', 'birth_date', 'date', MEMBERS)
  for (const name of ['medical_insurance', 'illness_treated']) await give('person', name, 'bool', MEMBERS)
  for (const name of ['schooling', 'education', 'disability', 'health', 'labour_capacity'])
    await give('person', name, 'choice', MEMBERS)
  await write('person_household', 'household_id - 1', MEMBERS)
  const rows = await duck.connection.runAndReadAll('select count(*)::integer from households')
  const meta = { params: at.params, day: at.date, households: rows.getRows()[0]![0], inputs }
  await writeFile(path.join(folder, 'meta.json'), JSON.stringify(meta))
  const script = path.join(import.meta.dirname, 'openfisca_rules.py')
  const { stdout } = await run(interpreter, [script, folder], { timeout: 600_000, maxBuffer: 2 ** 24 })
  const told = JSON.parse(stdout) as Omit<OpenFiscaRun, 'verdicts_file'>
  return { ...told, verdicts_file: path.join(folder, 'verdict.txt') }
}

/** The versions that were run, for the report. */
export const OPENFISCA_NAME = OPENFISCA.replace('==', ' ')
