// One import from the file to the registry: looked at first, then taken in chunk by chunk. What is stopped on the way
// has taken in whole households, says how many, and goes on when the same file is brought again.
import { createHash } from 'node:crypto'
import type { Place } from '#door/permit/area.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { problem } from '#door/problems.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { auditMany } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import { transact, type Actor as TransactActor, type Tx } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import type { Form } from '#engines/xforms/model.ts'
import { toSubmissionXml, type Answers } from '#engines/xforms/answers/submission.ts'
import { acceptSubmissions, instanceIdFrom, type Reception } from '../receive/accept.ts'
import type { PublishedForm } from '../forms/publish.ts'
import { auditOutcomes } from '../receive/reception.ts'
import { claimsOf } from '../submissions/store.ts'
import { insertBatch, newestOf, putKeys, updateBatch, type KnownKey, type Source } from './store.ts'
import type { Table } from '../sheets/table.ts'
import type { RowProblem, Unit } from './gather.ts'
import { lookAtAreas, standingsOf, type Standing } from './look.ts'
import type { Mapping } from './mapping.ts'
import { fingerprintOf, prepare, type Prepared } from './prepare.ts'
import { askEarlier } from './questions.ts'
import { quarantineUnits } from './refused.ts'
import { lookAtLines, registerFields, takeLines } from './register.ts'

export interface ImportAsked {
  place: Place & { county_code: string }
  file_name: string
  file_sha256: string
  table: Table
  mapping: Mapping
  kind: StateOf<'import_batch.kind'>
  /** Name of the list: lists of one name, brought for one area, know each other's households again. */
  source: string
  register: string
  form: PublishedForm
}

export interface LookedAt extends Prepared {
  fingerprint: string
  /** Households that came before in the same words, and those that came with other answers. */
  known: number
  changed: number
}

export interface ImportDone {
  batch_id: string
  rows_read: number
  rows_accepted: number
  rows_known: number
  rows_quarantined: number
  rows_unused: number
  households: number
  replaced: number
  problems: RowProblem[]
}

// Submissions are taken in by so many at a time: one transaction each, a few MB.
const chunk = 500
// A file in the wrong shape has a problem in every row: the report keeps the first ones, quarantine keeps all rows.
export const most_problems = 1000

export const sourceOf = (asked: ImportAsked): Source => ({
  county_code: asked.place.county_code,
  area_code: asked.place.area_code,
  source: asked.source,
})

/** What an import would do. Throws `request_invalid` for a register that the pack does not know. Writes nothing. */
export async function lookAhead(tx: Tx, reception: Reception, asked: ImportAsked): Promise<LookedAt> {
  const { table, mapping, kind } = asked
  const { pack } = reception
  if (kind === 'register' && !pack.registers.includes(asked.register)) {
    const known = pack.registers.join(', ')
    throw problem('request_invalid', { detail: `"${asked.register}" is no register of the pack: ${known}.` })
  }
  const fields = kind === 'register' ? registerFields(pack.currency.minor_units) : fieldsOf(asked.form.form)
  let known = 0
  const changed: string[] = []
  const prepared = await prepare({
    table,
    mapping,
    fields,
    kind,
    look: async (units, sheets, plan) => {
      if (kind === 'register') return lookAtLines(units, sheets, plan)
      await lookAtAreas(tx, reception, units, sheets, plan)
      const good = units.filter((unit) => unit.problems.length === 0)
      for (const [unit, { earlier, content_sha256 }] of await standingsOf(tx, reception, sourceOf(asked), good)) {
        if (!earlier) continue
        if (earlier.content_sha256 === content_sha256) known++
        else {
          changed.push(unit.identity ?? '')
          if (mapping.earlier === 'keep') unit.kept = true
        }
      }
    },
  })
  prepared.questions.push(...askEarlier(mapping, changed))
  const about = {
    file_sha256: asked.file_sha256,
    kind,
    register: asked.register,
    source: asked.source,
    area_code: asked.place.area_code,
    form: kind === 'register' ? '' : asked.form.xform_md5,
  }
  return { ...prepared, known, changed: changed.length, fingerprint: fingerprintOf(about, prepared) }
}

/** Refuse an import that was not looked at, has changed since, or leaves something open. */
export function mayBegin(looked: LookedAt, fingerprint: string | undefined): void {
  const open = looked.questions.filter((each) => each.open)
  if (open.length > 0) {
    const errors = open.map(({ code, names, choices, count }) => ({
      path: `mapping.${code}`,
      message: [`${code} (${count})`, names.join('; '), choices.join(' / ')].filter((text) => text !== '').join(': '),
    }))
    throw problem('survey_import_open', { detail: open.map((each) => each.code).join(', '), errors })
  }
  if (fingerprint === undefined) throw problem('survey_import_unseen')
  if (fingerprint !== looked.fingerprint) throw problem('survey_import_changed')
}

/** Take a list in that was looked at. Each chunk is a transaction of its own: what is told as done stands. */
export async function runImport(
  door: { registry: Registry; actor: TransactActor },
  reception: Reception,
  asked: ImportAsked,
  looked: LookedAt,
  batch_id: string,
  progress: Progress,
): Promise<ImportDone> {
  const { county_code, area_code } = asked.place
  const { account, units, problems } = looked
  const write = <T>(work: (tx: Tx) => Promise<T>) => transact(door.registry, door.actor, work)
  const done: ImportDone = {
    batch_id,
    rows_read: account.rows.in,
    rows_accepted: 0,
    rows_known: 0,
    rows_quarantined: 0,
    rows_unused: account.rows.unused,
    households: 0,
    replaced: 0,
    problems: problems.slice(0, most_problems),
  }
  const counts = () => ({
    rows_accepted: done.rows_accepted,
    rows_known: done.rows_known,
    rows_quarantined: done.rows_quarantined,
    problems: JSON.stringify(done.problems),
  })
  await write(async (tx) => {
    const { rows_read, rows_unused } = done
    await insertBatch(tx, {
      county_code,
      batch_id,
      area_code,
      kind: asked.kind,
      source: asked.source,
      file_name: asked.file_name,
      file_sha256: asked.file_sha256,
      mapping: JSON.stringify(looked.mapping),
      account: JSON.stringify({ ...account, register: asked.register, form_id: asked.form.form_id }),
      rows_read,
      rows_unused,
      ...counts(),
      imported_at: reception.now,
      account_id: reception.actor.account_id,
      state: 'running',
    })
    await auditMany(tx, [
      {
        county_code,
        action: 'survey.import',
        subject_kind: 'import_batch',
        subject_id: batch_id,
        detail: { file_sha256: asked.file_sha256, kind: asked.kind, rows_read, fingerprint: looked.fingerprint },
      },
    ])
  })
  const good = units.filter((unit) => unit.problems.length === 0 && !unit.kept)
  const bad = units.filter((unit) => unit.problems.length > 0)
  const total = good.length + bad.length
  for (let start = 0; start < bad.length; start += chunk) {
    const some = bad.slice(start, start + chunk)
    await write(async (tx) => {
      const rows = await quarantineUnits(tx, reception, asked, batch_id, some)
      await updateBatch(tx, county_code, batch_id, { ...counts(), rows_quarantined: done.rows_quarantined + rows })
    })
    done.rows_quarantined += some.reduce((sum, unit) => sum + unit.rows.length, 0)
    await progress(Math.min(total, start + chunk), total)
  }
  for (let start = 0; start < good.length; start += chunk) {
    const some = good.slice(start, start + chunk)
    const before = structuredClone(done)
    await write(async (tx) => {
      // Begun again after a collision, the chunk counts once.
      Object.assign(done, structuredClone(before))
      if (asked.kind === 'register') await takeLines(tx, reception, asked, batch_id, some, done)
      else await takeHouseholds(tx, reception, asked, batch_id, some, done)
      await updateBatch(tx, county_code, batch_id, counts())
    })
    await progress(bad.length + Math.min(good.length, start + chunk), total)
  }
  await write((tx) => updateBatch(tx, county_code, batch_id, { ...counts(), state: 'done' }))
  return done
}

/** Take in households that were looked at, as one transaction; `done` counts what became of their rows. */
export async function takeHouseholds(
  tx: Tx,
  reception: Reception,
  asked: ImportAsked,
  batch_id: string,
  units: readonly Unit[],
  done: Omit<ImportDone, 'batch_id' | 'rows_read' | 'rows_unused'>,
): Promise<void> {
  const source = sourceOf(asked)
  const standings = await standingsOf(tx, reception, source, units, true)
  const rendered = new Map(
    units.map((unit) => [unit, toSubmissionXml(asked.form.form, unit.answers, { instance_id: '' })]),
  )
  // Lists brought before households were known by their key were known by their words alone.
  const by_words = new Map(units.map((unit) => [unit, idOf(rendered.get(unit) ?? '')]))
  const claimed = await claimsOf(tx, [...by_words.values()])
  const keys: KnownKey[] = []
  const sent: { unit: Unit; standing: Standing; corrects: string | null; instance_id: string }[] = []
  for (const [unit, standing] of standings) {
    const { key_hash, content_sha256, earlier } = standing
    const words_id = by_words.get(unit) ?? ''
    if (earlier?.content_sha256 === content_sha256) done.rows_known += unit.rows.length
    else if (claimed.has(words_id) && !earlier) {
      done.rows_known += unit.rows.length
      if (key_hash !== null) keys.push({ key_hash, content_sha256, instance_id: words_id })
    } else {
      const corrects = earlier && asked.mapping.earlier === 'replace' ? await newestOf(tx, earlier.instance_id) : null
      const instance_id =
        key_hash === null
          ? words_id
          : idOf(`${rendered.get(unit)}\n${source.area_code}\n${key_hash}\n${corrects ?? ''}`)
      sent.push({ unit, standing, corrects, instance_id })
    }
  }
  const outcomes = await acceptSubmissions(
    tx,
    reception,
    sent.map(({ unit, corrects, instance_id }) => ({
      xml: render(asked.form.form, unit.answers, instance_id, corrects),
      source: `import ${batch_id}`,
    })),
  )
  outcomes.forEach((outcome, index) => {
    const { unit, standing, corrects } = sent[index] ?? fail()
    if (outcome.state === 'quarantined') {
      done.rows_quarantined += unit.rows.length
      if (done.problems.length < most_problems) done.problems.push(refusedBy(asked, unit, outcome.message))
      return
    }
    if (outcome.state === 'duplicate') done.rows_known += unit.rows.length
    else {
      done.rows_accepted += unit.rows.length
      done.households++
      if (corrects !== null) done.replaced++
    }
    const { key_hash, content_sha256, earlier } = standing
    const told_apart = earlier !== null && asked.mapping.earlier === 'both'
    if (key_hash !== null && !told_apart) keys.push({ key_hash, content_sha256, instance_id: outcome.instance_id })
  })
  await putKeys(tx, source, keys, { batch_id, recorded_at: reception.now })
  await auditOutcomes(tx, reception, outcomes)
}

function refusedBy(asked: ImportAsked, unit: Unit, message: string): RowProblem {
  const [first] = unit.rows
  const sheet = first && asked.table.sheets[first.sheet]
  return {
    sheet: sheet?.name ?? '',
    row: (first && sheet?.rows[first.at]?.row) ?? 0,
    column: '',
    code: 'import_refused',
    message,
    hint: 'It is in quarantine: correct it there, or correct the row and import it again.',
    got: '',
    expects: 'resolve',
  }
}

function fail(): never {
  throw new Error('an outcome without its household')
}

const idOf = (text: string): string => instanceIdFrom(createHash('sha256').update(text).digest('hex'))

const render = (form: Form, answers: Answers, instance_id: string, corrects: string | null): Buffer =>
  Buffer.from(
    toSubmissionXml(form, answers, { instance_id, ...(corrects === null ? {} : { deprecated_id: corrects }) }),
  )
