// Notices: posted with the names of those who passed a review, and closed when their days are over.
import { placeInCounty } from '#door/permit/area.ts'
import { today } from '#door/day.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { checkClaims, latestDay, periodOver, periodTo } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { audit } from '#registry/audit/audit.ts'
import { casesInState, rulesOf, type C } from './act.ts'
import { noticeDays, noticeRole, notices, type Stage } from './appraise.ts'
import { closeNotice, dayBefore, noticeOf, onNotice, saveNotice } from './store-notices.ts'
import { announcedAmong, approvedAt, moveCases, type Case } from './store.ts'

export interface NoticeInput {
  area_code: string
  stage: Stage
  place: string
  posted_on: string
  household_ids: string[]
}

/** The first notice is the village's, the second the township's, the announcement the county's: the pack says. */
function permitNotice(c: C, stage: Stage, area_code: string): void {
  permit(c.var.actor, 'appraise.notice', area_code)
  const role = noticeRole(rulesOf(c, today(c)), stage)
  if (role !== c.var.actor.role) {
    throw problem('not_permitted', {
      detail: `The ${stage} is the task of the ${role ?? 'nobody'}, not the ${c.var.actor.role}.`,
    })
  }
}

/** The cases a notice takes: those named. Only what a review has passed may hang. */
async function casesForNotice(c: C, input: NoticeInput): Promise<(Case & { passed_at: string })[]> {
  const { tx } = c.var
  const { takes, passed_by } = notices[input.stage]
  const place = await placeInCounty(tx, input.area_code)
  const found = [...(await casesInState(c, place.county_code, input.household_ids, takes)).values()]
  if (input.stage === 'announcement') await notAnnounced(c, place.county_code, found)
  const outside = found.find((each) => !each.area_code.startsWith(input.area_code))
  if (outside) {
    throw problem('outside_area', { detail: `Household ${outside.household_id} does not live in ${input.area_code}.` })
  }
  const ids = found.map((each) => each.appraisal_id)
  const approved = await approvedAt(tx, place.county_code, passed_by, ids)
  const missing = found.filter((each) => !approved.has(each.appraisal_id))
  if (missing.length > 0) {
    throw problem('appraise_not_reviewed', {
      detail: `${missing.length} of ${found.length} households have not passed the ${passed_by}'s review.`,
      errors: missing.slice(0, 50).map((each) => ({ path: each.household_id, message: 'not reviewed' })),
    })
  }
  return found.flatMap((each) => {
    const passed_at = approved.get(each.appraisal_id)
    return passed_at === undefined ? [] : [{ ...each, passed_at }]
  })
}

/** Each is announced once. Asked while the cases are held: of two announcements at once the second finds the first. */
async function notAnnounced(c: C, county_code: string, cases: readonly Case[]): Promise<void> {
  const told = await announcedAmong(
    c.var.tx,
    county_code,
    cases.map((each) => each.appraisal_id),
  )
  if (told.size > 0) {
    throw problem('already_done', {
      detail: `${told.size} of ${cases.length} households have been announced.`,
      errors: cases
        .filter((each) => told.has(each.appraisal_id))
        .slice(0, 50)
        .map((each) => ({ path: each.household_id, message: 'announced' })),
    })
  }
}

/** Post the names of those whose review was passed; the days of the notice begin to count. */
export async function postNotice(c: C, input: NoticeInput) {
  const { tx } = c.var
  permitNotice(c, input.stage, input.area_code)
  checkClaims(c, [{ path: 'posted_on', day: input.posted_on }])
  const { county_code } = await placeInCounty(tx, input.area_code)
  return await overCounty(c, county_code, () => hang(c, county_code, input))
}

async function hang(c: C, county_code: string, input: NoticeInput) {
  const { tx, actor, now } = c.var
  const cases = await casesForNotice(c, input)
  const appraisal_ids = cases.map((each) => each.appraisal_id)
  const before = await dayBefore(tx, county_code, input.stage, appraisal_ids)
  const after = latestDay(c, before, ...cases.map((each) => each.passed_at))
  checkClaims(c, [{ path: 'posted_on', day: input.posted_on, after }])
  const days = noticeDays(rulesOf(c, today(c)), input.stage)
  // However long ago it is said to hang: the village has its days from when anybody can see that it does.
  const closes_on = periodTo(c, days)
  const { household_ids: _, ...told } = input
  const notice_id = await saveNotice(
    tx,
    { ...told, county_code, days, closes_on, now, account_id: actor.account_id ?? '' },
    cases,
  )
  // An announcement tells of what is decided; moving its cases would date their approval anew.
  if (input.stage !== 'announcement') {
    await moveCases(tx, county_code, { appraisal_ids, to: notices[input.stage].hangs_as, now })
  }
  await audit(tx, {
    county_code,
    action: 'appraise.notice',
    subject_kind: 'public_notice',
    subject_id: notice_id,
    detail: {
      stage: input.stage,
      area_code: input.area_code,
      posted_on: input.posted_on,
      closes_on,
      households: cases.length,
    },
  })
  return { notice_id, households: cases.length, closes_on }
}

/**
 * Close a notice whose days are over. Households with an upheld objection are rejected; the others go on. After an
 * announcement a household already entered in the register must be struck off there too.
 */
export async function endNotice(c: C, notice_id: string, closed_on: string) {
  const { tx, actor } = c.var
  permit(actor, 'appraise.notice')
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  const notice = await noticeOf(tx, county_code, notice_id)
  if (!notice) throw problem('not_found', { detail: `There is no notice ${notice_id}.` })
  const stage = notice.stage as Stage
  permitNotice(c, stage, notice.area_code)
  if (notice.closed_at !== null)
    throw problem('already_done', { detail: `The notice was closed at ${notice.closed_at}.` })
  checkClaims(c, [{ path: 'closed_on', day: closed_on }])
  if (!periodOver(c, notice.closes_on) || closed_on < notice.closes_on) {
    throw problem('appraise_notice_running', { detail: `It hangs until ${notice.closes_on}.` })
  }
  return await overCounty(c, county_code, () => close(c, notice, closed_on))
}

async function close(c: C, notice: { county_code: string; notice_id: string; stage: string }, closed_on: string) {
  const { tx, now } = c.var
  const { county_code, notice_id } = notice
  const stage = notice.stage as Stage
  const cases = await onNotice(tx, county_code, notice_id)
  const open = cases.filter((each) => each.open_objections > 0)
  if (open.length > 0) {
    throw problem('appraise_objection_open', {
      detail: `${open.length} households have an objection that nobody has settled.`,
      errors: open.map((each) => ({ path: each.household_id, message: `${each.open_objections} open` })),
    })
  }
  const { hangs_as, closes_to } = notices[stage]
  const standing = cases.filter((each) => each.state === hangs_as)
  const upheld = standing.filter((each) => each.upheld_objections > 0).map((each) => each.appraisal_id)
  const passed = standing.filter((each) => each.upheld_objections === 0).map((each) => each.appraisal_id)
  await moveCases(tx, county_code, { appraisal_ids: upheld, to: 'rejected', now })
  if (closes_to !== hangs_as) await moveCases(tx, county_code, { appraisal_ids: passed, to: closes_to, now })
  await closeNotice(tx, county_code, notice_id, now)
  await audit(tx, {
    county_code,
    action: 'appraise.close_notice',
    subject_kind: 'public_notice',
    subject_id: notice_id,
    detail: { closed_on, passed: passed.length, rejected: upheld.length },
  })
  return { passed: passed.length, rejected: upheld.length }
}
