// What a person may do with an item in quarantine: try it again as it is, mend and accept it, or reject it.
import { createHash } from 'node:crypto'
import { fieldsOf, type Field } from '#engines/xforms/answers/fields.ts'
import type { Form } from '#engines/xforms/model.ts'
import { answersOf, toSubmissionXml, type Answers, type Entry } from '#engines/xforms/answers/submission.ts'
import { problem } from '#door/problems.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { acceptSubmission, instanceIdFrom, type Outcome, type Reception } from '../receive/accept.ts'
import { readCell } from '../sheets/cell.ts'
import { findForm } from '../forms/publish.ts'
import { parseLeniently } from '../receive/read.ts'
import { claimsOf } from '../submissions/store.ts'

/** How an item is mended: answers by path as data (money in minor units) or as written, or the text as a whole. */
export interface Mending {
  /** `wage_income`, `members[2].birth_date`, `members[1].jobs[2].job`. */
  answers?: Record<string, unknown> | undefined
  written?: Record<string, string> | undefined
  xml?: string | undefined
}

/**
 * Accept the bytes of a quarantined submission, mended where `mending` is given. What was mended becomes a submission
 * of its own: under its own instanceID, or, where that is taken, as a correction of the submission that has it. The
 * bytes in quarantine stay. Throws `survey_resolution_fails` when it still cannot be accepted.
 */
export async function acceptAgain(
  tx: Tx,
  reception: Reception,
  bytes: Uint8Array,
  mending: Mending | undefined,
): Promise<Outcome & { state: 'accepted' | 'duplicate' }> {
  const xml = mending === undefined ? bytes : await mended(tx, bytes, mending)
  const outcome = await acceptSubmission(tx, reception, { xml, source: 'quarantine' })
  if (outcome.state === 'quarantined') throw problem('survey_resolution_fails', { detail: outcome.message })
  return outcome
}

async function mended(tx: ReadTx, bytes: Uint8Array, mending: Mending): Promise<Uint8Array> {
  const { answers: given = {}, written = {}, xml } = mending
  const { instance } = parseLeniently(xml === undefined ? bytes : Buffer.from(xml))
  if (!instance.ok) {
    const { message, line, column } = instance.problem
    throw problem('survey_resolution_fails', { detail: `Line ${line}, column ${column}: ${message}.` })
  }
  // Of a version that is not here the questions of the newest are taken; what they do not know stays in quarantine.
  const found = (await findForm(tx, instance.form_id, instance.version)) ?? (await findForm(tx, instance.form_id))
  if (!found) throw problem('survey_resolution_fails', { detail: `There is no form "${instance.form_id}".` })
  const { answers } = answersOf(found.form, instance)
  for (const [path, value] of Object.entries(given)) put(found.form, answers, path, () => value)
  for (const [path, text] of Object.entries(written))
    put(found.form, answers, path, (field) => valueOf(field, path, text))
  const hash = createHash('sha256').update(bytes).update(JSON.stringify(mending)).digest('hex')
  const own = instance.instance_id ?? instanceIdFrom(hash)
  const taken = (await claimsOf(tx, [own])).has(own)
  const corrects = taken ? own : instance.deprecated_id
  const meta = {
    instance_id: taken ? instanceIdFrom(hash) : own,
    ...(corrects === undefined ? {} : { deprecated_id: corrects }),
  }
  return Buffer.from(toSubmissionXml(found.form, answers as Answers, meta))
}

function valueOf(field: Field, path: string, text: string): unknown {
  const read = readCell(field, { text, kind: 't' }, { decimal: 'point' })
  if ('value' in read) return read.value
  throw problem('request_invalid', {
    errors: [{ path: `written.${path}`, message: read.code, got: text.slice(0, 60) }],
  })
}

/** Put a value where a path leads; the list and the entry must be there. Throws `request_invalid` for any other path. */
function put(form: Form, answers: Entry, path: string, value: (field: Field) => unknown): void {
  const wrong = () =>
    problem('request_invalid', { errors: [{ path: `answers.${path}`, message: 'There is no such answer.' }] })
  const { household, lists } = fieldsOf(form)
  const steps = path.split(/[./]/)
  const name = steps.pop() ?? ''
  let entry = answers
  const list: string[] = []
  for (const step of steps) {
    const [, inner = '', number = ''] = /^(.+)\[(\d{1,4})\]$/.exec(step) ?? []
    list.push(inner)
    const entries = Object.hasOwn(entry, inner) ? entry[inner] : undefined
    const found = Array.isArray(entries) ? entries[Number(number) - 1] : undefined
    if (typeof found !== 'object' || found === null) throw wrong()
    entry = found as Entry
  }
  const fields = list.length === 0 ? household : (lists[list.join('.')] ?? {})
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!field) throw wrong()
  entry[name] = value(field) as Entry[string]
}
