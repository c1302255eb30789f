// Telling a change, and taking an alert on.
import { randomUUID } from 'node:crypto'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { dayIn } from '#door/day.ts'
import { notMerged } from '#door/follow.ts'
import { holdHouseholds } from '#door/hold.ts'
import { covers, permit } from '#door/permit/permit.ts'
import { mayRole } from '#door/permit/roles.ts'
import { problem } from '#door/problems.ts'
import { checkClaims } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { alertsByChange, changeKinds, moves, type AlertState } from './monitor.ts'
import { alertById, appendChanges, givenSince, handleAlert, holdAlert, raiseAlerts, type NewChange } from './store.ts'
import { escalationsOf } from './store-escalate.ts'

type C = EnteredToWrite

export interface ChangeInput {
  household_id: string
  kind: string
  happened_on: string
  detail: string | Record<string, unknown>
  source: string
}

/** Record changes; those of a kind that the pack watches raise their alerts at once. */
export async function tellChanges(c: C, input: readonly ChangeInput[]) {
  const { tx, actor, now, pack } = c.var
  const kinds = changeKinds(pack)
  const unknown = input.filter((each) => !kinds.includes(each.kind))
  if (unknown.length > 0) {
    throw problem('monitor_unknown_kind', {
      detail: `Kinds of change: ${kinds.join(', ')}.`,
      errors: unknown.slice(0, 50).map((each) => ({ path: each.household_id, message: each.kind })),
    })
  }
  checkClaims(
    c,
    input.map((each) => ({ path: each.household_id, day: each.happened_on })),
  )
  const ids = [...new Set(input.map((each) => each.household_id))]
  const county_code = countyOfHousehold(ids[0] ?? '')
  const households = await holdHouseholds(tx, county_code, ids)
  const lost = ids.filter((household_id) => !households.has(household_id))
  if (lost.length > 0) {
    throw problem('monitor_unknown_household', {
      detail: `${lost.length} of ${ids.length} households are not in county ${county_code}, or not in your area.`,
      errors: lost.slice(0, 50).map((household_id) => ({ path: household_id, message: 'not found' })),
    })
  }
  for (const area_code of new Set([...households.values()].map((each) => each.area_code)))
    permit(actor, 'monitor.record', area_code)
  notMerged(households.values())
  const rows = input.map((each): NewChange => ({
    ...each,
    detail: typeof each.detail === 'string' ? { note: each.detail } : each.detail,
    change_id: randomUUID(),
    area_code: households.get(each.household_id)?.area_code ?? '',
  }))
  const by = { county_code, now, account_id: actor.account_id }
  const written = await overCounty(c, county_code, () => appendChanges(tx, by, rows))
  const kept = rows.filter((row) => written.has(row.change_id))
  const raised = await raiseAlerts(
    tx,
    { county_code, now },
    kept.flatMap(({ household_id, area_code, kind, happened_on, change_id }) =>
      alertsByChange(pack, kind, happened_on).map(({ rule_code, severity }) => ({
        household_id,
        area_code,
        rule_code,
        severity,
        evidence: { change_id, kind, happened_on },
        evidence_key: change_id,
      })),
    ),
  )
  if (kept.length > 0) {
    await audit(tx, {
      county_code,
      action: 'monitor.record',
      subject_kind: 'change_event',
      subject_id: kept[0]?.change_id ?? '',
      household_id: kept.length === 1 ? (kept[0]?.household_id ?? null) : null,
      detail: {
        changes: kept.length,
        raised: raised.length,
        digest: auditDigest(kept.map((row) => [row.change_id, row.household_id, row.kind, row.happened_on])),
      },
    })
  }
  return {
    recorded: kept.length,
    duplicates: input.length - kept.length,
    raised: raised.length,
    change_ids: kept.map((row) => row.change_id),
    alert_ids: raised.map((each) => each.alert_id),
  }
}

/** Village or township says what was done about an alert. */
export async function takeOn(c: C, alert_id: string, to: { state: AlertState; action: string }) {
  const { tx, actor, now, pack } = c.var
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  const alert = await overCounty(c, county_code, async () => {
    await holdAlert(tx, county_code, alert_id)
    return await alertById(tx, county_code, alert_id)
  })
  if (!alert || !covers(actor, alert.area_code))
    throw problem('not_found', { detail: `There is no alert ${alert_id}.` })
  // Who has it: the village and the township, and whoever it went up to since.
  const went_up = await overCounty(c, county_code, () => escalationsOf(tx, county_code, [alert_id]))
  const late = went_up.some((each) => each.role === actor.role)
  permit(
    actor,
    late && mayRole(actor.role, 'monitor.handle_late') ? 'monitor.handle_late' : 'monitor.handle',
    alert.area_code,
  )
  if (!moves[alert.state].includes(to.state)) {
    throw problem('already_done', { detail: `The alert is ${alert.state} since ${alert.handled_at}.` })
  }
  // Helped by what? Somebody went there and said what he found, or something was given since.
  if (to.state === 'helped' && alert.state !== 'visited') {
    const since = dayIn(pack.time_zone, alert.raised_at)
    const given = await overCounty(c, county_code, () => givenSince(tx, county_code, alert.counts_for, since))
    if (!given)
      throw problem('monitor_not_looked_at', { detail: `Nothing was given to ${alert.counts_for} since ${since}.` })
  }
  const line = `${dayIn(pack.time_zone, now)} ${to.action}`
  const handled = { alert_id, state: to.state, line, now, account_id: actor.account_id }
  await overCounty(c, county_code, () => handleAlert(tx, county_code, handled))
  await audit(tx, {
    county_code,
    action: 'monitor.handle',
    subject_kind: 'alert',
    subject_id: alert_id,
    household_id: alert.household_id,
    detail: { from: alert.state, to: to.state, action: to.action },
  })
  return { alert_id, state: to.state }
}
