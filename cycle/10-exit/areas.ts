// Villages and the county leave the list: figures against the pack's criteria, proposed by one office, decided by the
// one above.
import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { placeInCounty } from '#door/area.ts'
import type { DoorEnv } from '#door/context.ts'
import { addDays, dayIn } from '#door/day.ts'
import { holdArea } from '#door/hold.ts'
import { mustDiffer, permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import { periodOver, periodTo } from '#door/steps.ts'
import { areaChecks, rulebookOf, standAt } from '#packs/rulebook.ts'
import { audit } from '#registry/audit.ts'
import { noticeDays, reference } from './exit.ts'
import {
  areaExitById,
  decideAreaExit,
  evaluatedFigures,
  peopleOf,
  saveAreaExit,
  standingAreaExit,
} from './store-areas.ts'

type C = Context<DoorEnv>
type Level = 'village' | 'county'

/** Figures of a village or county, and each criterion over them. Nothing is written. */
export async function checkAreaExit(c: C, area_code: string, year: number) {
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
  if (level === 'village') {
    figures.incidence_percent = people.people === 0 ? null : (100 * people.registered_people) / people.people
  } else {
    const evaluated = await evaluatedFigures(tx, place)
    if (!evaluated) throw problem('exit_no_evaluation', { detail: `No evaluation of ${area_code} is closed.` })
    Object.assign(figures, evaluated)
  }
  const book = rulebookOf(pack)
  const criteria = areaChecks(book, level, figures, standAt(book, reference(year), area_code))
  const all_met =
    criteria.length > 0 && criteria.every((each) => each.state === true)
      ? true
      : criteria.some((each) => each.state === false)
        ? false
        : null
  return { place, level, checks: { year, figures, criteria }, all_met }
}

/** Propose that an area leaves the list; refused, with the checks, where a criterion is not met. */
export async function proposeAreaExit(c: C, area_code: string, year: number) {
  const { tx, actor, now } = c.var
  permit(actor, 'exit.propose_area', area_code)
  await holdArea(tx, area_code)
  const { place, level, checks, all_met } = await checkAreaExit(c, area_code, year)
  const { county_code } = place
  if (all_met !== true) {
    throw problem('exit_criteria_not_met', {
      detail: `${area_code} does not meet ${checks.criteria.filter((each) => each.state !== true).length} criteria.`,
      errors: checks.criteria
        .filter((each) => each.state !== true)
        .map((each) => ({ path: each.code, message: each.state === false ? 'not met' : 'unknown' })),
      checks,
    })
  }
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
    all_met,
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
  const decide_from = periodTo(c, noticeDays(c.var.pack.exit, level))
  return { area_exit_id, area_code, level, year, checks, all_met, state: 'proposed', decide_from }
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
  const decide_from = addDays(dayIn(pack.time_zone, found.proposed_at), noticeDays(pack.exit, level))
  if (decided.state === 'approved' && !periodOver(c, decide_from)) {
    throw problem('exit_notice_running', { detail: `The notice hangs until ${decide_from}.` })
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
