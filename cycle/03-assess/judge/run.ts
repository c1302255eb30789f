import { evidenceOf, loadRecords } from '#cycle/record.ts'
import { placeInCounty } from '#door/permit/area.ts'
import type { DoorVariables } from '#door/context.ts'
import { holdArea } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { problem } from '#door/problems.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact, transactRead, type Actor } from '#registry/transaction.ts'
import { assessRecord, followUpOf } from './assess.ts'
import { rulesOf } from '../rulebook/kept.ts'
import { beginTurn, turnOf } from './store-evidence.ts'
import { countActive, currentOf, saveAssessments } from './store.ts'

const CHUNK = 1000

export interface RunOptions {
  reference_date: string
  which: 'all' | 'new_evidence'
  /** Households a transaction; a test may ask for fewer. */
  chunk?: number
}

export interface RunResult {
  assessed: number
  unchanged: number
  eligible: number
  not_eligible: number
  needs_verification: number
  follow_ups: number
}

/**
 * Assess every active household of an area, a thousand a transaction. A household whose evidence, pack and reference
 * date are those of its current assessment is left alone, so running twice changes nothing. `new_evidence` leaves a
 * household alone also where only the date is another: the yearly run over those who were visited again.
 *
 * One run has one set of rules, those in force when it was asked for, however they change meanwhile. When a later run
 * of the county has begun under other rules, this one throws `assess_rules_changed` before its next thousand: what it
 * wrote is whole, household by household, and the later run goes over all of it.
 */
export async function assessArea(
  by: Pick<DoorVariables, 'registry' | 'pack' | 'now'> & { actor: Actor },
  area_code: string,
  { reference_date, which, chunk = CHUNK }: RunOptions,
  progress: Progress,
): Promise<RunResult> {
  const { registry, actor, pack, now } = by
  const book = rulebookOf(pack)
  const result: RunResult = {
    assessed: 0,
    unchanged: 0,
    eligible: 0,
    not_eligible: 0,
    needs_verification: 0,
    follow_ups: 0,
  }
  const { place, total } = await transactRead(registry, actor, async (tx) => {
    const found = await placeInCounty(tx, area_code)
    return { place: found, total: await countActive(tx, found) }
  })
  await transact(registry, actor, async (tx) => {
    await holdArea(tx, place.county_code)
    await beginTurn(tx, place.county_code, { pack_hash: pack.pack_hash, rules: rulesOf(pack), now })
  })
  let after = ''
  for (let done = 0; ;) {
    const count = await transact(registry, actor, async (tx) => {
      // Two runs in one county take turns.
      await holdArea(tx, place.county_code)
      if ((await turnOf(tx, place.county_code)) !== pack.pack_hash) {
        throw problem('assess_rules_changed', {
          detail: `Assessed before it stopped: ${result.assessed} of ${total} households.`,
        })
      }
      const households = await loadRecords(tx, place, { after, limit: chunk })
      const last = households.at(-1)
      if (!last) return 0
      after = last.household_id
      const current = await currentOf(
        tx,
        place.county_code,
        households.map((each) => each.household_id),
      )
      const found = await mapInTurn(households, (household) => {
        const old = current.get(household.household_id)
        const same =
          old?.evidence_sha256 === household.evidence_sha256 &&
          old.area_code === household.area_code &&
          old.pack_hash === pack.pack_hash &&
          (which === 'new_evidence' || old.reference_date === reference_date)
        if (same) return null
        const fresh = assessRecord(book, household, reference_date)
        const evidence = evidenceOf(household)
        return { ...fresh, follow_up: followUpOf(book, fresh), evidence }
      })
      const assessed = found.filter((each) => each !== null)
      result.unchanged += households.length - assessed.length
      result.assessed += assessed.length
      for (const each of assessed) {
        result[each.verdict] += 1
        if (each.follow_up) result.follow_ups += 1
      }
      const stamp = {
        county_code: place.county_code,
        pack_hash: pack.pack_hash,
        reference_date,
        now,
        account_id: actor.account_id,
      }
      await saveAssessments(tx, stamp, assessed)
      if (assessed.length > 0) {
        await audit(tx, {
          county_code: place.county_code,
          action: 'assess.run',
          subject_kind: 'area',
          subject_id: area_code,
          detail: {
            households: assessed.length,
            pack_hash: pack.pack_hash,
            reference_date,
            digest: auditDigest(assessed.map((each) => [each.household_id, each.verdict, each.evidence_sha256])),
          },
        })
      }
      return households.length
    })
    if (count === 0) break
    done += count
    await progress(done, total, { en: `Assessed ${done} households`, zh: `已评估 ${done} 户` })
  }
  return result
}
