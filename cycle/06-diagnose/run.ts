import { loadRecords } from '#cycle/record.ts'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { holdArea } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact } from '#registry/transaction.ts'
import { diagnose, type Diagnosed } from './diagnose.ts'
import { countRegistered, registeredAfter, saveDiagnoses, type NewDiagnosis } from './store.ts'

const chunk = 1000

export interface RunResult {
  diagnosed: number
  unchanged: number
  by_main_cause: Record<string, number>
}

/**
 * Diagnose every registered household of an area whose assessment or pack has changed since its last diagnosis, a
 * thousand a transaction. Two runs in one county take turns. Throws `not_found` for no area, `request_invalid` above
 * the county.
 */
export async function diagnoseArea(c: Entered, area_code: string, progress: Progress): Promise<RunResult> {
  const { registry, actor, pack, now } = c.var
  const book = rulebookOf(pack)
  const result: RunResult = { diagnosed: 0, unchanged: 0, by_main_cause: {} }
  let after = ''
  let total = 0
  for (let done = 0; ;) {
    const count = await transact(registry, actor, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      await holdArea(tx, place.county_code)
      if (done === 0) total = (await countRegistered(tx, place)).count
      const due = await registeredAfter(tx, place, after, chunk)
      const last = due.at(-1)
      if (!last) return 0
      after = last.household_id
      const changed = new Map(
        due
          .filter(
            (each) =>
              each.assessment_id !== each.diagnosed_assessment_id || each.diagnosed_pack_hash !== pack.pack_hash,
          )
          .map((each) => [each.household_id, each]),
      )
      const records = await loadRecords(tx, place, { household_ids: [...changed.keys()] })
      const found = await mapInTurn(records, (record) => {
        const basis = changed.get(record.household_id)
        if (!basis) return null
        return asDecided(diagnose(book, record, basis.reference_date), basis)
      })
      const diagnosed = found.filter((each) => each !== null)
      for (const each of diagnosed) {
        const code = each.main_cause ?? 'none'
        result.by_main_cause[code] = (result.by_main_cause[code] ?? 0) + 1
      }
      result.diagnosed += diagnosed.length
      result.unchanged += due.length - diagnosed.length
      await saveDiagnoses(
        tx,
        { county_code: place.county_code, pack_hash: pack.pack_hash, now, account_id: actor.account_id },
        diagnosed,
      )
      if (diagnosed.length > 0) {
        await audit(tx, {
          county_code: place.county_code,
          action: 'diagnose.run',
          subject_kind: 'area',
          subject_id: area_code,
          detail: {
            households: diagnosed.length,
            pack_hash: pack.pack_hash,
            digest: auditDigest(diagnosed.map((each) => [each.household_id, each.main_cause, each.other_causes])),
          },
        })
      }
      return due.length
    })
    if (count === 0) break
    done += count
    await progress(done, total, { en: `Diagnosed ${done} households`, zh: `已分析 ${done} 户致贫原因` })
  }
  return result
}

type Basis = Awaited<ReturnType<typeof registeredAfter>>[number]

/** On the same evidence what a person decided stays decided, whatever the rules say since. */
function asDecided(found: Diagnosed, basis: Basis): NewDiagnosis {
  const { assessment_id, diagnosed_assessment_id, diagnosed_main_cause, decided_by, decided_reason } = basis
  const undecided = { ...found, assessment_id, decided_by: null, decided_reason: null }
  if (decided_by === null || diagnosed_main_cause === null || assessment_id !== diagnosed_assessment_id)
    return undecided
  const named = [found.main_cause, ...found.other_causes].filter((code) => code !== null)
  return {
    ...undecided,
    main_cause: diagnosed_main_cause,
    other_causes: named.filter((code) => code !== diagnosed_main_cause),
    certainty: null,
    sure: true,
    decided_by,
    decided_reason,
  }
}
