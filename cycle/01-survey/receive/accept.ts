// What arrives becomes a submission or lies in quarantine: nothing that was sent is ever dropped.
import { eachInTurn, mapInTurn } from '#door/jobs/in-turn.ts'
import { createHash } from 'node:crypto'
import { sealAnswers, type Answers } from '#door/personal.ts'
import { covers, reachesNothing, type Actor } from '#door/permit/permit.ts'
import { encrypt, type Keys } from '#registry/secrets/secrets.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { type Entry, type ParsedInstance } from '#engines/xforms/answers/submission.ts'
import type { Pack } from '#packs/load.ts'
import { dayIn } from '#door/day.ts'
import { personalFields } from '../forms/personal-fields.ts'
import { findForm, type PublishedForm } from '../forms/publish.ts'
import { quarantineItem, type QuarantineCode, type QuarantineRow } from '../quarantine/codes.ts'
import { parseMending, readAnswers } from './read.ts'
import { sealBytes } from './seal.ts'
import { settleWaiting } from './settle.ts'
import {
  areasOf,
  claimInstances,
  claimsOf,
  insertSubmissions,
  lockSubmission,
  supersede,
  type SubmissionRow,
} from '../submissions/store.ts'
import { insertQuarantine } from '../quarantine/store.ts'

/** One submission as it came, byte for byte. */
export interface Incoming {
  xml: Uint8Array
  device_id?: string
  /** 'device', 'bulk' or 'import': where quarantined items say they came from. */
  source: string
}

/** Who sends, when, by which pack. */
export interface Reception {
  keys: Keys
  pack: Pack
  actor: Actor
  /** County the actor works in; 'nation' above the county. What cannot be placed is kept there. */
  home_county: string
  now: string
}

export type Outcome =
  | {
      state: 'accepted'
      instance_id: string
      county_code: string
      area_code: string
      xml_sha256: string
      problems: number
    }
  | { state: 'duplicate'; instance_id: string }
  | { state: 'quarantined'; code: QuarantineCode; quarantine_id: string; message: string; instance_id?: string }

/** A submission read and found in order, so far as that can be said without the registry. */
interface Ready {
  index: number
  deprecated_id: string | undefined
  row: SubmissionRow
}

const formKey = (form_id: string, version: string | undefined): string => `${form_id}\n${version ?? ''}`

/**
 * Take in submissions, in their order. The same bytes again are a duplicate and change nothing; the same instanceID
 * with other bytes, and whatever cannot be read or placed, goes to quarantine. An edit (deprecatedID) supersedes the
 * submission it names. Writes no audit event: the caller does, last.
 */
export async function acceptSubmissions(
  tx: Tx,
  reception: Reception,
  incoming: readonly Incoming[],
): Promise<Outcome[]> {
  const outcomes: (Outcome | undefined)[] = Array.from({ length: incoming.length })
  const kept: QuarantineRow[] = []
  const refuse = (index: number, code: QuarantineCode, message: string, about: Record<string, string> = {}) => {
    const item = incoming[index]
    if (!item) return
    const row = quarantineItem(reception, { bytes: item.xml, source: item.source, code, message, about })
    kept.push(row)
    const { instance_id } = about
    outcomes[index] = {
      state: 'quarantined',
      code,
      quarantine_id: row.quarantine_id,
      message,
      ...(instance_id ? { instance_id } : {}),
    }
  }

  const parsed = await mapInTurn(incoming, (item) => parseMending(item.xml))
  const forms = await formsOf(
    tx,
    parsed.map((each) => each.instance),
  )
  const ready: Ready[] = []
  const today = dayIn(reception.pack.time_zone, reception.now)
  await eachInTurn(parsed, ({ instance, mended }, index) => {
    if (!instance.ok) {
      const { message, line, column } = instance.problem
      refuse(index, 'survey_malformed_xml', `The file cannot be read (line ${line}, column ${column}): ${message}.`)
      return
    }
    const about = {
      form_id: instance.form_id,
      ...(instance.version === undefined ? {} : { version: instance.version }),
      ...(instance.instance_id === undefined ? {} : { instance_id: instance.instance_id }),
    }
    const found = forms.get(formKey(instance.form_id, instance.version))
    if (instance.encrypted) {
      refuse(index, 'survey_encrypted', 'The submission is encrypted by the device and cannot be read here.', about)
    } else if (!found && ![...forms.keys()].some((key) => key.startsWith(`${instance.form_id}\n`))) {
      refuse(index, 'survey_unknown_form', `There is no form "${instance.form_id}".`, about)
    } else if (!found) {
      refuse(index, 'survey_unknown_version', `Form "${instance.form_id}" has no version "${instance.version}".`, about)
    } else if (found.state === 'withdrawn') {
      refuse(index, 'survey_form_withdrawn', `Form "${instance.form_id}" takes no more submissions.`, about)
    } else {
      const item = incoming[index] as Incoming
      ready.push({
        index,
        deprecated_id: instance.deprecated_id,
        row: rowOf(reception, item, { instance, mended, found, today }),
      })
    }
  })

  const areas = await areasOf(tx, [...new Set(ready.map((each) => each.row.area_code))])
  const placed = ready.filter(({ index, row }) => {
    const area = areas.get(row.area_code)
    const about = {
      form_id: row.form_id,
      version: row.form_version,
      instance_id: row.instance_id,
      area_code: row.area_code,
    }
    if (!area?.county_code) {
      refuse(index, 'survey_unknown_area', `"${row.area_code}" is not an area within a county.`, about)
      return false
    }
    if (!covers(reception.actor, row.area_code)) {
      refuse(index, 'survey_outside_area', `Area ${row.area_code} is not within the sender's area.`, about)
      return false
    }
    row.county_code = area.county_code
    return true
  })

  if (placed.length === 0) reachesNothing(reception.actor)

  const take = async (some: Ready[]) => {
    const earlier = await claimInstances(
      tx,
      some.map(({ row }) => row),
    )
    const first = new Map<string, Ready>()
    const fresh: SubmissionRow[] = []
    for (const each of some) {
      const { row, index } = each
      const known = earlier.get(row.instance_id) ?? first.get(row.instance_id)?.row.xml_sha256
      if (known === undefined) {
        first.set(row.instance_id, each)
        fresh.push(row)
        const { instance_id, county_code, area_code, xml_sha256 } = row
        outcomes[index] = {
          state: 'accepted',
          instance_id,
          county_code,
          area_code,
          xml_sha256,
          problems: row.problem_count,
        }
      } else if (known === row.xml_sha256) outcomes[index] = { state: 'duplicate', instance_id: row.instance_id }
      else
        refuse(index, 'survey_instance_conflict', conflict(row.instance_id), {
          form_id: row.form_id,
          version: row.form_version,
          instance_id: row.instance_id,
        })
    }
    await insertSubmissions(tx, fresh)
  }
  await take(placed.filter((each) => each.deprecated_id === undefined))

  for (const each of placed) {
    if (each.deprecated_id === undefined) continue
    const about = {
      form_id: each.row.form_id,
      version: each.row.form_version,
      instance_id: each.row.instance_id,
      deprecated_id: each.deprecated_id,
    }
    // The older one is locked first: of two equal edits at once the second then finds the claim of the first.
    const older = await lockSubmission(tx, each.deprecated_id)
    const repeated = (await claimsOf(tx, [each.row.instance_id])).size > 0
    if (!repeated && !older) {
      refuse(each.index, 'survey_edit_unknown', `It corrects ${each.deprecated_id}, which is not here.`, about)
    } else if (!repeated && older?.state !== 'accepted') {
      refuse(each.index, 'survey_edit_stale', `It corrects ${each.deprecated_id}, which was corrected already.`, about)
    } else {
      await take([each])
      if (outcomes[each.index]?.state === 'accepted' && older) await supersede(tx, older)
    }
  }
  await insertQuarantine(tx, kept)
  await settleWaiting(tx, reception, incoming, outcomes as Outcome[], (one) => acceptSubmission(tx, reception, one))
  return outcomes as Outcome[]
}

/** As `acceptSubmissions`, for one. */
export async function acceptSubmission(tx: Tx, reception: Reception, incoming: Incoming): Promise<Outcome> {
  const [outcome] = await acceptSubmissions(tx, reception, [incoming])
  if (!outcome) throw new Error('a submission without an outcome')
  return outcome
}

const conflict = (instance_id: string): string => `A different submission with the ID ${instance_id} is here already.`

async function formsOf(tx: ReadTx, parsed: readonly ParsedInstance[]): Promise<Map<string, PublishedForm>> {
  const forms = new Map<string, PublishedForm>()
  const asked = new Set<string>()
  for (const instance of parsed) {
    if (!instance.ok || asked.has(formKey(instance.form_id, instance.version))) continue
    asked.add(formKey(instance.form_id, instance.version))
    const found = await findForm(tx, instance.form_id, instance.version)
    if (found) forms.set(formKey(instance.form_id, instance.version), found)
    else {
      // So that an unknown version is told apart from an unknown form.
      const other = await findForm(tx, instance.form_id)
      if (other) forms.set(formKey(other.form_id, other.version), other)
    }
  }
  return forms
}

const textOf = (entry: Entry, field: string): string | null => {
  const value = entry[field]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function rowOf(
  reception: Reception,
  item: Incoming,
  read: { instance: ParsedInstance & { ok: true }; mended: boolean; found: PublishedForm; today: string },
): SubmissionRow {
  const { instance, today } = read
  const { form, version } = read.found
  const { keys, pack, actor, now } = reception
  const fields = personalFields(pack, form)
  const { answers, answers_extra, problems } = readAnswers(form, instance, {
    personal_fields: fields,
    national_id: pack.national_id,
    today,
  })
  if (read.mended) {
    problems.push({ code: 'answer_unescaped', path: '', got: '', expected: 'text with < and & escaped' })
  }
  const xml_sha256 = createHash('sha256').update(item.xml).digest('hex')
  const extra = Object.entries(answers_extra).map(([path, text]): [string, string] => {
    const name = (path.split('/').at(-1) ?? '').replace(/\[\d+\]$/, '')
    return [path, fields.includes(name) ? encrypt(keys, 'submission.answers', text) : text]
  })
  // A form that asks for no area is filed where its sender works.
  const area_code = 'area_code' in answers ? (textOf(answers, 'area_code') ?? '') : (actor.area_code ?? '')
  return {
    county_code: '',
    instance_id: instance.instance_id ?? instanceIdFrom(xml_sha256),
    area_code,
    form_id: form.form_id,
    form_version: version,
    deprecated_id: instance.deprecated_id ?? null,
    household_code: textOf(answers, 'household_code'),
    xml_sealed: sealBytes(keys, 'submission.xml', item.xml),
    xml_sha256,
    answers: sealAnswers(keys, fields, answers as Answers),
    answers_extra: extra.length === 0 ? null : Object.fromEntries(extra),
    problems,
    problem_count: problems.length,
    device_id: item.device_id ?? textOf(answers, 'deviceid'),
    surveyor_name: textOf(answers, 'surveyor_name'),
    surveyed_on: textOf(answers, 'surveyed_on'),
    received_at: now,
    account_id: actor.account_id,
  }
}

/** An instanceID for a submission without one, made of its bytes: sent twice, it is one submission (RFC 9562, v8). */
export function instanceIdFrom(sha256: string): string {
  const variant = ((Number.parseInt(sha256.slice(16, 17), 16) & 3) | 8).toString(16)
  const parts = [
    sha256.slice(0, 8),
    sha256.slice(8, 12),
    `8${sha256.slice(13, 16)}`,
    `${variant}${sha256.slice(17, 20)}`,
    sha256.slice(20, 32),
  ]
  return `uuid:${parts.join('-')}`
}
