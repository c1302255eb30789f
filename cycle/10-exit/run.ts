// The yearly check over an area: cases for those who meet everything, counts of what the others lack.
import { randomUUID } from 'node:crypto'
import { loadRecords } from '#cycle/record.ts'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { today } from '#door/day.ts'
import { holdArea } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { problem } from '#door/problems.ts'
import { exitOn } from '#packs/in-force.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact, type ReadTx } from '#registry/transaction.ts'
import { checksOf, failing, outcomeOf, reference, type Checks, type Outcome } from './exit.ts'
import { countRegistered, openCases, registeredAfter, supportOf, type Candidate, type CountyPlace } from './store.ts'

const chunk = 500
type C = Entered

export interface CheckResult {
  checked: number
  all_met: number
  not_met: number
  unknown: number
  opened: number
  /** Of `all_met`, those whose case was open already. */
  already_open: number
  /** By criterion, stop or support: how many households it keeps on the list, and of how many nobody knows. */
  by_criterion: Record<string, { unmet: number; unknown: number }>
}

export interface Checked extends Candidate {
  instance_id: string
  checks: Checks
  outcome: Outcome
}

/** Check the households of one page: registered, not exited, with a current record. */
export async function checkPage(
  { tx, pack }: { tx: ReadTx; pack: Pack },
  place: CountyPlace,
  year: number,
  due: readonly Candidate[],
): Promise<Checked[]> {
  const book = rulebookOf(pack)
  const household_ids = due.map((each) => each.household_id)
  const support = await supportOf(tx, place.county_code, household_ids, year)
  const candidates = new Map(due.map((each) => [each.household_id, each]))
  const found = await mapInTurn(await loadRecords(tx, place, { household_ids }), (household) => {
    const candidate = candidates.get(household.household_id)
    if (!candidate) return null
    const checks = checksOf(book, household, year, support(household.household_id))
    return { ...candidate, instance_id: household.instance_id, checks, outcome: outcomeOf(checks) }
  })
  return found.filter((each) => each !== null)
}

/** Check every registered household of an area against the line of the year's last day. Running twice opens nothing twice. */
export async function checkArea(c: C, area_code: string, year: number, progress: Progress): Promise<CheckResult> {
  const { registry, actor, pack, now } = c.var
  // The criteria of the day on which they are asked; without one nobody can be told to meet them.
  if ((exitOn(pack, reference(year))?.household ?? []).length === 0) {
    throw problem('exit_no_criteria', { detail: `The pack ${pack.id} has no exit rules on ${reference(year)}.` })
  }
  const result: CheckResult = {
    checked: 0,
    all_met: 0,
    not_met: 0,
    unknown: 0,
    opened: 0,
    already_open: 0,
    by_criterion: {},
  }
  let after = ''
  let total = 0
  const { county_code } = await transact(registry, actor, (tx) => placeInCounty(tx, area_code))
  // Over the county, for those who live in the area: a case may have been opened where one lived before.
  const over = { ...actor, scope: [county_code] }
  for (let done = 0; ;) {
    const count = await transact(registry, over, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      // Two runs in one county take turns.
      await holdArea(tx, county_code)
      if (done === 0) total = await countRegistered(tx, place)
      const due = await registeredAfter(tx, place, { after, limit: chunk })
      const last = due.at(-1)
      if (!last) return 0
      after = last.household_id
      const checked = await checkPage({ tx, pack }, place, year, due)
      for (const each of checked) tally(result, each)
      const fresh = checked.filter((each) => each.outcome === 'all_met' && each.exit_id === null)
      result.opened += fresh.length
      await openCases(
        tx,
        {
          county_code: place.county_code,
          year,
          pack_hash: pack.pack_hash,
          now,
          today: today(c),
          account_id: actor.account_id,
        },
        fresh.map((each) => ({ ...each, exit_id: randomUUID() })),
      )
      await audit(tx, {
        county_code: place.county_code,
        action: 'exit.check',
        subject_kind: 'area',
        subject_id: area_code,
        detail: {
          year,
          households: checked.length,
          opened: fresh.length,
          pack_hash: pack.pack_hash,
          digest: auditDigest(checked.map((each) => [each.household_id, each.outcome])),
        },
      })
      return due.length
    })
    if (count === 0) break
    done += count
    await progress(done, total, { en: `Checked ${done} households`, zh: `已检查 ${done} 户` })
  }
  return result
}

function tally(result: CheckResult, { checks, outcome, exit_id }: Checked): void {
  result.checked += 1
  result[outcome] += 1
  if (outcome === 'all_met' && exit_id !== null) result.already_open += 1
  const { unmet, unknown } = failing(checks)
  const of = (code: string) => (result.by_criterion[code] ??= { unmet: 0, unknown: 0 })
  for (const code of unmet) of(code).unmet += 1
  for (const code of unknown) of(code).unknown += 1
}
