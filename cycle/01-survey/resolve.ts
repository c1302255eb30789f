// What a person may do with an item in quarantine: try it again as it is, correct and accept it, or reject it.
import { createHash } from 'node:crypto'
import { toSubmissionXml, type Answers, type Entry } from '#engines/xforms/submission.ts'
import { answersOf } from '#engines/xforms/submission.ts'
import { problem } from '#door/problems.ts'
import type { Tx } from '#registry/transaction.ts'
import { acceptSubmission, instanceIdFrom, type Outcome, type Reception } from './accept.ts'
import { findForm } from './publish.ts'
import { parseMending } from './read.ts'
import { claimsOf } from './store.ts'

/**
 * Accept the bytes of a quarantined submission, with corrections where `corrections` is given (fields of the household
 * level, by name, as answers: money in minor units). What was corrected becomes a submission of its own: under its own
 * instanceID, or, where that is taken, as a correction of the submission that has it. The bytes in quarantine stay.
 * Throws `survey_resolution_fails` when it still cannot be accepted.
 */
export async function acceptAgain(
  tx: Tx,
  reception: Reception,
  bytes: Uint8Array,
  corrections: Record<string, unknown> | undefined,
): Promise<Outcome & { state: 'accepted' | 'duplicate' }> {
  const xml = corrections === undefined ? bytes : await corrected(tx, bytes, corrections)
  const outcome = await acceptSubmission(tx, reception, { xml, source: 'quarantine' })
  if (outcome.state === 'quarantined') throw problem('survey_resolution_fails', { detail: outcome.message })
  return outcome
}

async function corrected(tx: Tx, bytes: Uint8Array, corrections: Record<string, unknown>): Promise<Uint8Array> {
  const { instance } = parseMending(bytes)
  if (!instance.ok) throw problem('survey_resolution_fails', { detail: instance.problem.message })
  // Of a version that is not here the questions of the newest are taken; what they do not know stays in quarantine.
  const found = (await findForm(tx, instance.form_id, instance.version)) ?? (await findForm(tx, instance.form_id))
  if (!found) throw problem('survey_resolution_fails', { detail: `There is no form "${instance.form_id}".` })
  const { answers } = answersOf(found.form, instance)
  const unknown = Object.keys(corrections).filter((field) => !(field in answers))
  if (unknown.length > 0) {
    const errors = unknown.map((field) => ({ path: `answers.${field}`, message: 'The form has no such question.' }))
    throw problem('request_invalid', { detail: unknown.join(', '), errors })
  }
  const hash = createHash('sha256').update(bytes).update(JSON.stringify(corrections)).digest('hex')
  const own = instance.instance_id ?? instanceIdFrom(hash)
  const taken = (await claimsOf(tx, [own])).has(own)
  const meta = taken ? { instance_id: instanceIdFrom(hash), deprecated_id: own } : { instance_id: own }
  const merged = { ...answers, ...(corrections as Entry) } as Answers
  return Buffer.from(toSubmissionXml(found.form, merged, meta))
}
