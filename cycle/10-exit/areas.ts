// Villages and the county leave the list: figures against the pack's criteria, proposed by one office, decided by the
// one above.
import { randomUUID } from 'node:crypto'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered, EnteredToWrite } from '#door/context.ts'
import { addDays, dayIn, today } from '#door/day.ts'
import { holdArea } from '#door/hold.ts'
import { mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { periodOver, periodTo } from '#door/steps.ts'
import { exitNoticeDays, exitOn } from '#packs/in-force.ts'
import { areaChecks, rulebookOf, standAt, type Check } from '#packs/rulebook.ts'
import { audit } from '#registry/audit/audit.ts'
import { counting } from './evaluated.ts'
import { reference } from './exit.ts'
import { areaExitById, decideAreaExit, evaluationsOf, peopleOf, saveAreaExit, standingAreaExit } from './store-areas.ts'
import type { CountyPlace } from './store.ts'

type C = EnteredToWrite
type Level = 'village' | 'county'

const percent_of: Record<string, string> = {
  incidence: 'incidence_percent',
  wrong_exit: 'wrong_exit_percent',
  missed: 'missed_percent',
  recognition: 'recognition_percent',
}

/** The evaluation of that year that counts, as figures and as a criterion of its own. Throws where none is closed. */
async function evaluationOf(c: Entered, place: CountyPlace, year: number) {
  const rule = exitOn(c.var.pack, reference(year))?.county_evaluation
  if (!rule) {
    throw problem('rules_not_in_force', { detail: `Nothing says on what evaluation a county leaves in ${year}.` })
  }
  const found = counting(await evaluationsOf(c.var.tx, place, year), rule)
  if (!found)
    throw problem('exit_no_evaluation', { detail: `No evaluation of ${place.area_code} in ${year} is closed.` })
  const { evaluated, faults } = found
  const figures: Record<string, number | string | null> = {
    evaluation_id: evaluated.evaluation_id,
    evaluated_year: evaluated.year,
    evaluated_decision: evaluated.overall,
    evaluated_confidence_percent: evaluated.confidence * 100,
  }
  for (const [stratum, { known }] of Object.entries(evaluated.strata)) figures[`evaluated_${stratum}`] = known
  for (const [measure, name] of Object.entries(percent_of)) {
    const rate = evaluated.rates[measure]
    if (rate !== undefined) figures[name] = rate === null ? null : rate * 100
  }
  return { figures, criterion: { code: 'evaluation', label: rule.label, state: faults.length === 0, missing: faults } }
}

/** Figures of a village or county, and each criterion over them. Nothing is written. */
export async function checkAreaExit(c: Entered, area_code: string, year: number) {
  const { tx, pack } = c.var
  const place = await placeInCounty(tx, area_code)
  if (place.level !== 'village' && place.level !== 'county') {
    throw problem('request_invalid', {
      detail: `A ${place.level} does not leave the list by itself; villages and counties do.`,
    })
  }
  const level: Level = place.level
  const people = await peopleOf(tx, place)
  const figures: Record<string, number | string | null> = { ...people }
  const criteria: Check[] = []
  if (level === 'village') {
    figures.incidence_percent = people.people === 0 ? null : (100 * people.registered_people) / people.people
  } else {
    const evaluation = await evaluationOf(c, place, year)
    Object.assign(figures, evaluation.figures)
    criteria.push(evaluation.criterion)
  }
  const book = rulebookOf(pack)
  const asked = areaChecks(book, level, figures, standAt(book, reference(year), area_code))
  criteria.push(...asked)
  const all_met =
    asked.length > 0 && criteria.every((each) => each.state === true)
      ? true
      : criteria.some((each) => each.state === false)
        ? false
        : null
  return { place, level, checks: { year, figures, criteria }, all_met }
}

/** Throws `exit_criteria_not_met` with the checks, unless every criterion is met. */
function mustMeetAll({ place, checks, all_met }: Awaited<ReturnType<typeof checkAreaExit>>): void {
  if (all_met === true) return
  const lacking = checks.criteria.filter((each) => each.state !== true)
  throw problem('exit_criteria_not_met', {
    detail: `${place.area_code} does not meet ${lacking.length} criteria.`,
    errors: lacking.map((each) => ({
      path: each.code,
      message: [each.state === false ? 'not met' : 'unknown', ...each.missing].join(', '),
    })),
    checks,
  })
}

/** Propose that an area leaves the list; refused, with the checks, where a criterion is not met. */
export async function proposeAreaExit(c: C, area_code: string, year: number) {
  const { tx, actor, now } = c.var
  permit(actor, 'exit.propose_area', area_code)
  await holdArea(tx, area_code)
  const checked = await checkAreaExit(c, area_code, year)
  const { place, level, checks } = checked
  const { county_code } = place
  mustMeetAll(checked)
  // Before anything is written: a notice without days would hang for none.
  const days = noticeDays(c, level)
  const standing = await standingAreaExit(tx, county_code, area_code, year)
  if (standing) {
    throw problem('already_done', { detail: `The exit of ${area_code} in ${year} is ${standing.state} already.` })
  }
  const area_exit_id = randomUUID()
  await saveAreaExit(tx, {
    county_code,
    area_exit_id,
    area_code,
    level,
    year,
    checks: JSON.stringify(checks),
    all_met: true,
    state: 'proposed',
    proposed_at: now,
    proposed_by: actor.account_id ?? '',
    decided_at: null,
    decided_by: null,
    reason: null,
  })
  await audit(tx, {
    county_code,
    action: 'exit.propose_area',
    subject_kind: 'area_exit',
    subject_id: area_exit_id,
    detail: { area_code, year, figures: checks.figures },
  })
  const decide_from = periodTo(c, days)
  return { area_exit_id, area_code, level, year, checks, all_met: true, state: 'proposed', decide_from }
}

/** Days the notice of an area's exit hangs, by the pack today. Throws where it does not say. */
function noticeDays(c: C, level: Level): number {
  const days = exitNoticeDays(exitOn(c.var.pack, today(c)), level)
  if (days === null)
    throw problem('rules_not_in_force', { detail: `The pack has no notice for the exit of a ${level}.` })
  return days
}

/**
 * Decide on a proposal after its notice: the county's office on a village, the province on the county, never the
 * person who proposed it.
 */
export async function decideArea(
  c: C,
  area_exit_id: string,
  decided: { state: 'approved' | 'refused'; reason: string },
) {
  const { tx, actor, now, pack } = c.var
  const named = await areaExitById(tx, area_exit_id)
  // Read again while the area is held: of two decisions at once the second finds the first.
  if (named) await holdArea(tx, named.area_code)
  const found = named && (await areaExitById(tx, area_exit_id))
  if (!found) throw problem('not_found', { detail: `There is no proposal ${area_exit_id}.` })
  permit(actor, 'exit.approve_area', found.area_code)
  const right = found.level === 'county' ? 'province_analyst' : 'county_officer'
  if (actor.role !== right) {
    throw problem('not_permitted', { detail: `The exit of a ${found.level} is decided by a ${right}.` })
  }
  mustDiffer(actor, [found.proposed_by], 'the decision')
  if (found.state !== 'proposed') throw problem('already_done', { detail: `It is ${found.state}.` })
  const level = found.level === 'county' ? 'county' : 'village'
  const decide_from = addDays(dayIn(pack.time_zone, found.proposed_at), noticeDays(c, level))
  if (decided.state === 'approved') {
    if (!periodOver(c, decide_from)) {
      throw problem('exit_notice_running', { detail: `The notice hangs until ${decide_from}.` })
    }
    // What was so when it was proposed must be so still: an appeal, a return to the list, another evaluation.
    mustMeetAll(await checkAreaExit(c, found.area_code, found.year))
  }
  await decideAreaExit(tx, found.county_code, area_exit_id, { ...decided, now, account_id: actor.account_id ?? '' })
  await audit(tx, {
    county_code: found.county_code,
    action: 'exit.approve_area',
    subject_kind: 'area_exit',
    subject_id: area_exit_id,
    detail: { area_code: found.area_code, ...decided },
  })
  return { area_exit_id, state: decided.state }
}
