// A change that was reported is confirmed, or found not so, by somebody else: it changes who belongs to the household
// from its day on, and can be taken back. See docs/decisions/0017.
import { randomUUID } from 'node:crypto'
import { placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import { covers, mustDiffer, permit } from '#door/permit/permit.ts'
import { sealAnswers } from '#door/personal.ts'
import { problem } from '#door/problems.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { inForce } from '#packs/in-force.ts'
import type { MemberChange, Pack } from '#packs/schema/schema.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { audit } from '#registry/audit/audit.ts'
import {
  changeById,
  confirmedOf,
  insertHouseholdChanges,
  sizeOf,
  somebody,
  takeChangesBack,
  type NewHouseholdChange,
  type Somebody,
} from './store.ts'

type C = EnteredToWrite
type ReportedChange = NonNullable<Awaited<ReturnType<typeof changeById>>>

/** Somebody who came and stands in no household yet. */
export interface NewMember {
  name: string
  relation: string
  sex: string
  birth_date: string
  national_id?: string | undefined
}

export interface Confirmation {
  person_id?: string | undefined
  /** Of somebody who came from another household: what he is to the head here. */
  relation?: string | undefined
  member?: NewMember | undefined
  proof: string
}

/** What a kind of change does to a household by the pack in force on its day; undefined where it does nothing. */
export const memberChangeOf = (pack: Pack, kind: string, on: string): MemberChange | undefined =>
  pack.changes.find((change) => change.kind === kind && inForce(change, on))

/** Confirm a change: who belongs to the household, and what rests on it, follows in the same transaction. */
export function confirmChange(c: C, change_id: string, given: Confirmation) {
  return settle(c, change_id, async (reported, does, county_code) => {
    const { tx, actor, now } = c.var
    const one = await personNamed(c, reported, does, { county_code, ...given })
    const rows =
      does.effect === 'joined'
        ? await joiningRows(c, reported, given, one)
        : [leavingRow(reported, does.effect, given.proof, one)]
    await insertHouseholdChanges(tx, { county_code, now, account_id: actor.account_id }, rows)
    return { rows, audit: { effect: does.effect, proof: given.proof } }
  })
}

/** It was looked into and is not so: nothing changes, and it waits no more. */
export function refuseChange(c: C, change_id: string, proof: string) {
  return settle(c, change_id, async (reported, _does, county_code) => {
    const { tx, actor, now } = c.var
    const row = { ...rowFor(reported, reported, proof), effect: 'refused' as const, person_id: null }
    await insertHouseholdChanges(tx, { county_code, now, account_id: actor.account_id }, [row])
    return { rows: [row], audit: { effect: 'refused', proof } }
  })
}

/** Take back what was confirmed or refused; by another person than who did that. The change waits again. */
export async function takeChangeBack(c: C, change_id: string, reason: string) {
  const { tx, actor, now, pack } = c.var
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  return await overCounty(c, county_code, async () => {
    await holdArea(tx, county_code)
    const reported = await mayConfirm(c, county_code, change_id)
    const does = memberChangeOf(pack, reported.kind, reported.happened_on)
    if (does) byItsOffice(c, does)
    const standing = (await confirmedOf(tx, county_code, [change_id])).filter((row) => row.taken_back_at === null)
    if (standing.length === 0) throw problem('already_done', { detail: 'Nothing of this change stands.' })
    mustDiffer(
      actor,
      standing.map((row) => row.confirmed_by),
      'taking a change back',
    )
    await holdHouseholds(tx, county_code, new Set([reported.counts_for, ...standing.map((row) => row.household_id)]))
    const by = { now, account_id: actor.account_id, reason }
    return await follow(c, reported, county_code, {
      action: 'monitor.take_back',
      rows: await takeChangesBack(tx, county_code, change_id, by),
      audit: { reason },
    })
  })
}

type Done = { rows: readonly Pick<NewHouseholdChange, 'household_id' | 'person_id' | 'effect'>[]; audit: object }

/** Hold everything it is about, see that nobody has settled it, act, and let everything follow. */
async function settle(
  c: C,
  change_id: string,
  act: (reported: ReportedChange, does: MemberChange, county_code: string) => Promise<Done>,
) {
  const { tx, actor, pack } = c.var
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  return await overCounty(c, county_code, async () => {
    // First the county, as every decision on who is who: of two at once the second sees what the first has done.
    await holdArea(tx, county_code)
    const reported = await mayConfirm(c, county_code, change_id)
    const does = memberChangeOf(pack, reported.kind, reported.happened_on)
    if (!does) throw problem('monitor_changes_nobody', { detail: `Its kind is ${reported.kind}.` })
    byItsOffice(c, does)
    mustDiffer(actor, [reported.account_id], 'confirming a change')
    const standing = (await confirmedOf(tx, county_code, [change_id])).find((row) => row.taken_back_at === null)
    if (standing) throw problem('already_done', { detail: `It was settled at ${standing.confirmed_at}.` })
    return await follow(c, reported, county_code, {
      action: 'monitor.confirm',
      ...(await act(reported, does, county_code)),
    })
  })
}

/**
 * What an office confirms, only an office that could have confirmed it takes back. What the pack no longer names is taken
 * back by any that may confirm.
 */
export const isItsOffice = (role: string, does: MemberChange | undefined): boolean =>
  does === undefined || does.confirmed_by.includes(role)

function byItsOffice(c: C, does: MemberChange): void {
  if (isItsOffice(c.var.actor.role, does)) return
  throw problem('not_permitted', { detail: `A ${does.kind} is confirmed by: ${does.confirmed_by.join(', ')}.` })
}

async function mayConfirm(c: C, county_code: string, change_id: string): Promise<ReportedChange> {
  const reported = await changeById(c.var.tx, county_code, change_id)
  if (!reported || !covers(c.var.actor, reported.area_code))
    throw problem('not_found', { detail: `There is no change ${change_id}.` })
  permit(c.var.actor, 'monitor.confirm', reported.area_code)
  return reported
}

async function follow(c: C, reported: ReportedChange, county_code: string, done: Done & { action: string }) {
  const { tx } = c.var
  const person_ids = done.rows.flatMap((row) => row.person_id ?? [])
  const household_ids = [...new Set([reported.counts_for, ...done.rows.map((row) => row.household_id)])]
  await audit(tx, {
    county_code,
    action: done.action,
    subject_kind: 'change_event',
    subject_id: reported.change_id,
    household_id: reported.counts_for,
    detail: { kind: reported.kind, happened_on: reported.happened_on, household_ids, person_ids, ...done.audit },
  })
  const because = reported.change_id
  const followed =
    person_ids.length === 0
      ? {}
      : await c.var.later.members(tx, c.var, { county_code, household_ids, person_ids, because })
  return {
    change_id: reported.change_id,
    household_id: reported.counts_for,
    household_size: await sizeOf(tx, reported.counts_for),
    household_ids,
    person_ids,
    assessed_again: followed['assessed_again'] ?? 0,
  }
}

const rowFor = (
  reported: ReportedChange,
  at: { counts_for: string; area_code: string },
  proof: string,
): Omit<NewHouseholdChange, 'effect' | 'person_id'> => ({
  household_change_id: randomUUID(),
  change_id: reported.change_id,
  household_id: at.counts_for,
  area_code: at.area_code,
  listing: null,
  happened_on: reported.happened_on,
  member: null,
  proof,
})

/** The person whom a confirmation names, with the households held; undefined for a new member. */
async function personNamed(
  c: C,
  reported: ReportedChange,
  does: MemberChange,
  given: Confirmation & { county_code: string },
) {
  const { tx } = c.var
  const { county_code, person_id, member } = given
  const joins = does.effect === 'joined'
  if ((person_id === undefined) === (member === undefined) || (member && !joins)) throw problem('monitor_who')
  const one = person_id === undefined ? undefined : await somebody(tx, county_code, person_id)
  if (person_id !== undefined && !one)
    throw problem('monitor_not_a_member', { detail: `There is no person ${person_id}.` })
  if (one?.state === 'dead') throw problem('monitor_person_dead', { detail: `${one.name}, ${one.household_id}.` })
  await holdHouseholds(tx, county_code, new Set([reported.counts_for, one?.household_id ?? reported.counts_for]))
  return one
}

function leavingRow(
  reported: ReportedChange,
  effect: StateOf<'household_change.effect'>,
  proof: string,
  one: Somebody | undefined,
): NewHouseholdChange {
  if (!one || one.household_id !== reported.counts_for)
    throw problem('monitor_not_a_member', { detail: `${one?.name ?? ''} belongs to ${one?.household_id ?? '?'}.` })
  if (effect === 'left') {
    if (one.state !== 'active') throw problem('already_done', { detail: `${one.name} has left already.` })
    cardIsBefore(reported, reported.surveyed_on)
  }
  return { ...rowFor(reported, reported, proof), effect, person_id: one.person_id, listing: one.listing }
}

/** A card surveyed after the day of a change is believed, not the change. */
function cardIsBefore(reported: ReportedChange, surveyed_on: string | null): void {
  if (surveyed_on !== null && surveyed_on > reported.happened_on)
    throw problem('monitor_card_later', {
      detail: `Surveyed on ${surveyed_on}; the change is of ${reported.happened_on}.`,
    })
}

/** One row for a new member; two where somebody leaves one household for another. */
async function joiningRows(
  c: C,
  reported: ReportedChange,
  given: Confirmation,
  one: Somebody | undefined,
): Promise<NewHouseholdChange[]> {
  const { registry, pack } = c.var
  cardIsBefore(reported, reported.surveyed_on)
  const here = { ...rowFor(reported, reported, given.proof), effect: 'joined' as const }
  if (!one) {
    if (!given.member) throw problem('monitor_who')
    const { name, relation, sex, birth_date, national_id } = given.member
    const said = { name, relation, sex, birth_date, ...(national_id ? { national_id } : {}) }
    return [{ ...here, person_id: randomUUID(), member: sealAnswers(registry.keys, pack.personal_fields, said) }]
  }
  if (one.household_id === reported.counts_for && one.state === 'active')
    throw problem('already_done', { detail: `${one.name} belongs to ${reported.counts_for} already.` })
  const relation = given.relation ?? null
  const came = { ...here, person_id: one.person_id, listing: one.listing, member: { ...one.member, relation } }
  if (one.state !== 'active') return [came]
  // He leaves the household he was of, which must be the actor's to change too.
  permit(c.var.actor, 'monitor.confirm', one.area_code)
  cardIsBefore(reported, one.surveyed_on)
  const left = { ...rowFor(reported, { counts_for: one.household_id, area_code: one.area_code }, given.proof) }
  return [{ ...left, effect: 'left', person_id: one.person_id, listing: one.listing }, came]
}
