// Deadlines act: an alert on which nobody called within its days goes up to the next office, by the pack's steps.
import { placeInCounty, type Place } from '#door/permit/area.ts'
import { dayIn } from '#door/day.ts'
import { holdArea } from '#door/hold.ts'
import { inForce } from '#packs/in-force.ts'
import type { Escalation, Pack } from '#packs/schema/schema.ts'
import { actingAt } from '#registry/audit/acting.ts'
import { auditMany } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact, type Tx } from '#registry/transaction.ts'
import { countiesWithAlerts, escalateLate } from './store-escalate.ts'
import { deadlinesOf } from './tell.ts'

/** The steps by which late alerts go up on that day. */
export const escalationOn = (pack: Pack, day: string): Escalation[] =>
  pack.escalation.filter((step) => inForce(step, day))

/** What is late in a place goes up, each with its entry in the audit. The county is held. Returns how many went where. */
export async function escalate(
  tx: Tx,
  by: { pack: Pack; now: string },
  place: Place & { county_code: string },
): Promise<Record<string, number>> {
  const { pack, now } = by
  const today = dayIn(pack.time_zone, now)
  const steps = escalationOn(pack, today)
  const gone = await escalateLate(tx, place, { steps, due: deadlinesOf(pack) }, { now, today })
  await auditMany(
    tx,
    gone.map((each) => ({
      county_code: place.county_code,
      action: 'monitor.escalate',
      subject_kind: 'alert',
      subject_id: each.alert_id,
      household_id: each.household_id,
      detail: { to: each.role, due_on: each.due_on },
    })),
  )
  return Object.fromEntries([...Map.groupBy(gone, (each) => each.role)].map(([role, all]) => [role, all.length]))
}

/** As `escalate`, for every county: what the clock of the server calls. */
export async function escalateEverywhere(registry: Registry, pack: Pack, now: string): Promise<void> {
  const counties = await transact(registry, SYSTEM, (tx) => countiesWithAlerts(tx))
  for (const county_code of counties) {
    await actingAt(now, () =>
      transact(registry, SYSTEM, async (tx) => {
        await holdArea(tx, county_code)
        await escalate(tx, { pack, now }, await placeInCounty(tx, county_code))
      }),
    )
  }
}
