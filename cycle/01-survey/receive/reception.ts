import type { DoorVariables } from '#door/context.ts'
import { auditDigest, auditMany } from '#registry/audit/audit.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Outcome, Reception } from './accept.ts'
import { homeCounty } from '../submissions/store.ts'

/** The reception of a request: keys, pack, sender, time. */
export async function receptionOf(
  tx: ReadTx,
  door: Pick<DoorVariables, 'registry' | 'pack' | 'actor' | 'now'>,
): Promise<Reception> {
  const { registry, pack, actor, now } = door
  return { keys: registry.keys, pack, actor, now, home_county: await homeCounty(tx, actor.area_code) }
}

// Above this many in one request a single event with a digest stands for all: the chain stays readable.
const one_by_one = 20

/** The audit events of what was received: one each, or for many one for each county with their digest. */
export async function auditOutcomes(tx: Tx, reception: Reception, outcomes: readonly Outcome[]): Promise<void> {
  const accepted = outcomes.filter((outcome) => outcome.state === 'accepted')
  const kept = outcomes.filter((outcome) => outcome.state === 'quarantined')
  const quarantined = kept.map((each) => ({
    county_code: reception.home_county,
    action: 'survey.quarantine',
    subject_kind: 'quarantine',
    subject_id: each.quarantine_id,
    detail: { code: each.code },
  }))
  if (accepted.length <= one_by_one) {
    const events = accepted.map(({ county_code, instance_id, area_code, xml_sha256, problems }) => ({
      county_code,
      action: 'survey.submit',
      subject_kind: 'submission',
      subject_id: instance_id,
      detail: { area_code, xml_sha256, problems },
    }))
    return await auditMany(tx, [...events, ...quarantined])
  }
  const by_county = [...Map.groupBy(accepted, (each) => each.county_code)]
  const events = by_county.map(([county_code, some]) => ({
    county_code,
    action: 'survey.submit_many',
    subject_kind: 'submissions',
    subject_id: some[0]?.instance_id ?? '',
    detail: {
      count: some.length,
      sha256: auditDigest(some.map(({ instance_id, xml_sha256 }) => [instance_id, xml_sha256])),
    },
  }))
  await auditMany(tx, [...events, ...quarantined])
}
