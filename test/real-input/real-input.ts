// Real households that nobody here wrote, through the whole door: `node test/real-input/real-input.ts` prints what came out.
// docs/real-input.md says it in commands. The data are read from ../shared/reference and never copied into the project.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse } from 'csv-parse/sync'
import { toXlsx } from '#cycle/01-survey/forms/xlsform.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import { readSettings } from '#door/settings.ts'
import { cardFields } from '#packs/forms.ts'
import { loadPack } from '#packs/load.ts'
import type { Pack } from '#packs/schema/schema.ts'
import type { Registry } from '#registry/open.ts'
import { makeApp } from '#server/app.ts'
import { makeClient, unwrap } from '#server/client.ts'
import { placePack } from '#server/place/pack.ts'
import { placePeople } from '#server/place/people.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const survey_file = join(root, '../shared/reference/poverty/costarica/train.csv')
const field_folder = join(root, '../shared/reference/field')

/** Where the survey and the forms lie; null where they are absent, as in a plain copy of the project. */
export const realInput = (): string | null => (existsSync(survey_file) && existsSync(field_folder) ? survey_file : null)

export const regions = ['CR01', 'CR02', 'CR03', 'CR04', 'CR05', 'CR06']

// The survey's twelve relations (parentesco1 to 12) as the form's choices.
const relations = ['head', 'spouse', 'child', 'child', 'child_in_law', 'grandchild', 'parent', 'parent_in_law']
const relation_of = [...relations, 'sibling', 'sibling', 'other', 'other']

/**
 * The survey's file with what a household file needs and the survey spreads over several columns: the zone's code from
 * six region columns and two zone columns, the relation from twelve, the sex from two. Every other column is as it was.
 */
export function prepareCsv(text: string): string {
  const rows: Record<string, string>[] = parse(text, { columns: true, skip_empty_lines: true })
  const columns = ['area_code', 'relation', 'sex', 'national_id', ...Object.keys(rows[0] ?? {})]
  const lines = rows.map((row) => {
    const region = regions.findIndex((_, index) => row[`lugar${index + 1}`] === '1')
    const made: Record<string, string> = {
      area_code: `${regions[region]}${row['area1'] === '1' ? '01' : '02'}`,
      relation: relation_of.find((_, index) => row[`parentesco${index + 1}`] === '1') ?? '',
      sex: row['male'] === '1' ? 'male' : 'female',
      national_id: row['Id'] ?? '',
    }
    return columns.map((column) => made[column] ?? row[column] ?? '').join(',')
  })
  return [columns.join(','), ...lines, ''].join('\n')
}

// The day is one for all, the size is counted, and people go by the survey's number of them.
const no_column = new Set(['surveyed_on', 'household_size', 'name'])

/** Which column holds what: the survey's names are the card's names. */
export function mappingOf(pack: Pack) {
  const { household, lists } = cardFields(pack)
  const named = (fields: object) => Object.keys(fields).filter((name) => !no_column.has(name))
  return {
    household_key: 'idhogar',
    columns: Object.fromEntries([
      ...named(household).map((name) => [name, name]),
      ['Id', 'members.name'],
      ...named(lists['members'] ?? {}).map((name) => [name, `members.${name}`]),
    ]),
    defaults: { surveyed_on: '2014-07-01' },
  }
}

export interface Outcome {
  rows_read: number
  rows_accepted: number
  rows_quarantined: number
  households: number
  reviews_opened: number
  assessed: number
  eligible: number
  not_eligible: number
  needs_verification: number
  /** Share of households that are poor, intensity among them, and their product (Alkire and Foster's H, A, M0). */
  headcount: number
  intensity: number
  adjusted_headcount: number
  /** Households by the survey's own classes (1 extreme poverty ... 4 not vulnerable): how many we call poor. */
  by_class: Record<string, { households: number; poor: number }>
  form: { form_id: string; version: string; accepted: number; read_back: number }
  seconds: number
}

/** Every so many households of the survey, with all their people. */
export function someOf(text: string, every: number): string {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  const at = head.split(',').indexOf('idhogar')
  const households = [...new Set(lines.map((line) => line.split(',')[at]))]
  const kept = new Set(households.filter((_, index) => index % every === 0))
  return [head, ...lines.filter((line) => kept.has(line.split(',')[at])), ''].join('\n')
}

/**
 * Import the survey (or some of it) under one of the country's packs, match and assess every region; publish the ODK
 * form and send it. Needs an empty registry.
 */
export async function runRealInput(
  registry: Registry,
  say: (text: string) => void = () => {},
  pack_id = 'costa-rica-2014',
  text = readFileSync(survey_file, 'utf8'),
): Promise<Outcome> {
  const began = performance.now()
  const { pack } = await loadPack(join(root, 'packs', pack_id))
  if (!pack) throw new Error('the pack has faults')
  await placePack(registry, pack, say)
  const name = { en: 'Ana Mora', zh: '安娜·莫拉' }
  await placePeople(registry, [
    { login: 'ana.mora', name, role: 'county_officer', area_code: 'CR' },
    { login: 'luis.rojas', name: { en: 'Luis Rojas', zh: '路易斯·罗哈斯' }, role: 'surveyor', area_code: 'CR0601' },
  ])
  const settings = readSettings({ DOORSTEP_DEMO: '0' }, root)
  const app = makeApp({ registry, settings, pack, clock: () => '2014-08-01T12:00:00.000Z' })
  const as = async (login: string) => {
    const account = await registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
    const { token } = await openSession(registry, account.account_id, '2014-08-01T12:00:00.000Z')
    const client = makeClient('http://doorstep', { token, wait: true, fetch: (request) => app.fetch(request) })
    const call = (path: string, init: RequestInit) =>
      app.fetch(
        new Request(`http://doorstep${path}`, {
          ...init,
          headers: { authorization: `Bearer ${token}`, 'x-doorstep': '1', prefer: 'wait', ...init.headers },
        }),
      )
    return { client, call }
  }
  const officer = await as('ana.mora')

  say('Importing')
  const upload = new FormData()
  upload.set('kind', 'submissions')
  upload.set('area_code', 'CR01')
  upload.set('mapping', JSON.stringify(mappingOf(pack)))
  upload.set('file', new Blob([prepareCsv(text)]), 'households.csv')
  const { fingerprint } = await read<{ fingerprint: string }>(
    await officer.call('/api/survey/imports/preview', { method: 'POST', body: upload }),
  )
  upload.set('fingerprint', fingerprint)
  const { result: imported } = await read<{ result: Imported }>(
    await officer.call('/api/survey/imports', { method: 'POST', body: upload }),
  )

  const sums = { households: 0, reviews_opened: 0, assessed: 0, eligible: 0, not_eligible: 0, needs_verification: 0 }
  for (const area_code of regions) {
    say(`Matching and assessing region ${area_code}`)
    const matched = await unwrap(officer.client.api.match.run.$post({ json: { area_code } }))
    const match = matched.result as { households_created: number; reviews_opened: number }
    sums.households += match.households_created
    sums.reviews_opened += match.reviews_opened
    const assessed = await unwrap(
      officer.client.api.assess.run.$post({ json: { area_code, reference_date: '2014-07-01' } }),
    )
    const counts = assessed.result as Record<'assessed' | 'eligible' | 'not_eligible' | 'needs_verification', number>
    for (const key of ['assessed', 'eligible', 'not_eligible', 'needs_verification'] as const) sums[key] += counts[key]
  }
  const measured = await measure(registry, text)
  say('Publishing the ODK form')
  const form = await odkForm(officer.call, (await as('luis.rojas')).call, registry)
  const { rows_read, rows_accepted, rows_quarantined } = imported
  const seconds = Math.round(performance.now() - began) / 1000
  return { rows_read, rows_accepted, rows_quarantined, ...sums, ...measured, form, seconds }
}

/** Points of deprivation counted straight from the survey's file, by none of the product's code. */
export function countPoor(text: string): { households: number; poor: number } {
  const rows: Record<string, string>[] = parse(text, { columns: true })
  const households = [...Map.groupBy(rows, (row) => row['idhogar']).values()]
  const poor = households.filter((people) => {
    const is = (name: string) => people[0]?.[name] === '1'
    const any = (test: (person: Record<string, number>) => boolean) =>
      people.some((row) =>
        test({ age: Number(row['age']), years: Number(row['escolari']), behind: Number(row['rez_esc'] || 0) }),
      )
    const deprivations: [boolean, number][] = [
      [any(({ age = 0, behind = 0 }) => age >= 7 && age <= 17 && behind >= 2), 6],
      [!any(({ age = 0, years = 0 }) => age >= 18 && years >= 6), 6],
      [is('etecho1') || is('eviv1') || is('pisonotiene'), 4],
      [is('epared1') || is('pareddes'), 4],
      [is('hacdor'), 4],
      [is('abastaguano'), 4],
      [is('sanitario1') || is('sanitario5'), 4],
      [is('noelec') || is('energcocinar1') || is('energcocinar4'), 4],
      [!is('refrig'), 6],
      [!is('mobilephone'), 6],
    ]
    return deprivations.reduce((sum, [deprived, points]) => sum + (deprived ? points : 0), 0) >= 12
  })
  return { households: households.length, poor: poor.length }
}

type Call = (path: string, init: RequestInit) => Response | Promise<Response>

type Imported = Pick<Outcome, 'rows_read' | 'rows_accepted' | 'rows_quarantined'>

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** Our verdicts beside the survey's own classes; a household is found again by the survey's number of its first person. */
async function measure(registry: Registry, text: string) {
  const columns = (header: string[]) => header.map((name) => (name === 'Id' || name === 'Target') && name)
  const rows: Record<string, string>[] = parse(text, { columns, skip_empty_lines: true })
  const class_of = new Map(rows.map((row) => [row['Id'], row['Target'] ?? '']))
  const assessments = await registry.owner
    .selectFrom('assessment')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'assessment.county_code')
        .onRef('household.household_id', '=', 'assessment.household_id'),
    )
    .select(['head_name', 'assessment.verdict', 'assessment.score'])
    .where('superseded_at', 'is', null)
    .execute()
  const by_class: Outcome['by_class'] = {}
  let points = 0
  for (const { head_name, verdict, score } of assessments) {
    const own = (by_class[class_of.get(head_name) ?? 'unknown'] ??= { households: 0, poor: 0 })
    own.households += 1
    if (verdict !== 'eligible') continue
    own.poor += 1
    points += Number(score)
  }
  const poor = Object.values(by_class).reduce((sum, each) => sum + each.poor, 0)
  const headcount = poor / assessments.length
  const intensity = points / poor / 48
  const rounded = (value: number) => Math.round(value * 10_000) / 10_000
  return {
    headcount: rounded(headcount),
    intensity: rounded(intensity),
    adjusted_headcount: rounded(headcount * intensity),
    by_class,
  }
}

/** A 72-question ODK household form as a spreadsheet, published, and twenty filled forms as ODK Collect sends them. */
async function odkForm(officer: Call, surveyor: Call, registry: Registry): Promise<Outcome['form']> {
  const xlsx = await toXlsx(readFileSync(join(field_folder, 'household.md'), 'utf8'))
  const upload = new FormData()
  upload.set('file', new Blob([new Uint8Array(xlsx)]), 'household.xlsx')
  const published = await officer('/api/survey/forms', { method: 'POST', body: upload })
  if (!published.ok) throw new Error(`${published.status} ${await published.text()}`)
  const { form_id, version } = (await published.json()) as { form_id: string; version: string }
  const made = (await import(pathToFileURL(join(field_folder, 'gen.mjs')).href)) as { instance(i: number): string }
  let accepted = 0
  for (let index = 0; index < 20; index++) {
    const body = new FormData()
    body.set('xml_submission_file', new Blob([made.instance(index)], { type: 'text/xml' }), 'submission.xml')
    const headers = { 'x-openrosa-version': '1.0' }
    const answer = await surveyor('/submission', { method: 'POST', body, headers })
    if (answer.status === 201) accepted += 1
  }
  const rows = await registry.owner.selectFrom('submission').select('answers').where('form_id', '=', form_id).execute()
  return { form_id, version, accepted, read_back: rows.length }
}

/** `node test/real-input/real-input.ts [--prepare FOLDER] [--json]` */
async function main(): Promise<void> {
  if (realInput() === null) {
    console.log(`Skipped: ${survey_file} is not there.`)
    return
  }
  const prepare = process.argv.indexOf('--prepare')
  if (prepare > 0) {
    const folder = process.argv[prepare + 1] ?? '.'
    const { pack } = await loadPack(join(root, 'packs/costa-rica-2014'))
    if (!pack) throw new Error('the pack has faults')
    writeFileSync(join(folder, 'households.csv'), prepareCsv(readFileSync(survey_file, 'utf8')))
    writeFileSync(join(folder, 'mapping.json'), `${JSON.stringify(mappingOf(pack), null, 2)}\n`)
    writeFileSync(
      join(folder, 'household.xlsx'),
      await toXlsx(readFileSync(join(field_folder, 'household.md'), 'utf8')),
    )
    console.log(`households.csv, mapping.json and household.xlsx are in ${folder}`)
    return
  }
  const { openRegistry } = await import('#registry/open.ts')
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-real-'))
  const registry = await openRegistry({ data_dir })
  try {
    const json = process.argv.includes('--json')
    const outcome = await runRealInput(registry, (text) => json || console.error(text))
    console.log(json ? JSON.stringify(outcome) : outcome)
  } finally {
    await registry.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
