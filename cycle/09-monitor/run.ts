import { loadRecords } from '#cycle/record.ts'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact } from '#registry/transaction.ts'
import { DEAD_NAMED } from './confirm/dead-named.ts'
import { escalate } from './escalate.ts'
import { lookForCards, lookForTheDead } from './follow.ts'
import { alertsOf } from './monitor.ts'
import { NO_CARD } from './confirm/no-card.ts'
import { raiseAlerts, revisitedAfter, type NewAlert } from './store.ts'

const chunk = 500

interface MonitorResult {
  checked: number
  raised: number
  by_rule: Record<string, number>
  /** Late alerts that went up, by the office they went to. */
  escalated: Record<string, number>
}

/**
 * Hold the latest visit of every household beside the visit before, registered or not: who may fall back, who may fall
 * in. An alert is raised once for a rule and a visit, so running twice raises nothing new.
 */
export async function monitorArea(c: Entered, area_code: string, progress: Progress) {
  const { registry, actor, pack, now } = c.var
  const book = rulebookOf(pack)
  const result: MonitorResult = { checked: 0, raised: 0, by_rule: {}, escalated: {} }
  const cards = await transact(registry, actor, async (tx) => {
    const place = await placeInCounty(tx, area_code)
    await holdArea(tx, place.county_code)
    const dead = await lookForTheDead(tx, now, { place })
    result.escalated = await escalate(tx, { pack, now }, place)
    return { ...(await lookForCards(tx, { pack, now, actor }, { place })), dead_named: dead.length }
  })
  if (cards.dead_named > 0) {
    result.raised += cards.dead_named
    result.by_rule[DEAD_NAMED.code] = cards.dead_named
  }
  if (cards.without_card > 0) {
    result.raised += cards.without_card
    result.by_rule[NO_CARD.code] = cards.without_card
  }
  let after = ''
  for (;;) {
    const count = await transact(registry, actor, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      // Two runs in one county take turns.
      await holdArea(tx, place.county_code)
      const visits = await revisitedAfter(tx, place, { after, limit: chunk })
      const last = visits.at(-1)
      if (!last) return 0
      after = last.household_id
      const household_ids = visits.map((each) => each.household_id)
      // One that was merged into another one since it was read is looked at under that one's number.
      const households = await holdHouseholds(tx, place.county_code, household_ids)
      const records = new Map(
        (await loadRecords(tx, place, { household_ids })).map((each) => [each.household_id, each.record]),
      )
      const found = await mapInTurn(visits, (visit): NewAlert[] => {
        const today = records.get(visit.household_id)
        if (!today || households.get(visit.household_id)?.merged_into !== null) return []
        const at = standAt(book, visit.surveyed_on, visit.area_code)
        const { household_id, area_code: home, instance_id, previous_instance_id } = visit
        return alertsOf(book, today, visit.previous_answers, at).map(({ facts, ...raised }) => ({
          ...raised,
          household_id,
          area_code: home,
          evidence_key: instance_id,
          evidence: {
            instance_id,
            previous_instance_id,
            surveyed_on: visit.surveyed_on,
            previous_surveyed_on: visit.previous_surveyed_on,
            facts,
          },
        }))
      })
      const alerts = found.flat()
      const raised = await raiseAlerts(tx, { county_code: place.county_code, now }, alerts)
      for (const { rule_code } of raised) result.by_rule[rule_code] = (result.by_rule[rule_code] ?? 0) + 1
      result.checked += visits.length
      result.raised += raised.length
      if (raised.length > 0) {
        await audit(tx, {
          county_code: place.county_code,
          action: 'monitor.run',
          subject_kind: 'area',
          subject_id: area_code,
          detail: {
            checked: visits.length,
            raised: raised.length,
            digest: auditDigest(raised.map((each) => [each.household_id, each.rule_code])),
          },
        })
      }
      return visits.length
    })
    if (count === 0) break
    await progress(result.checked, result.checked + count, {
      en: `Compared ${result.checked} households with the visit before`,
      zh: `已与上次走访比对 ${result.checked} 户`,
    })
  }
  return result
}
