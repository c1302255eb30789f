// Other departments' lists: whose vehicle, whose business, whose place on the payroll.
import { link } from '#engines/linkage/link.ts'
import { scorer } from '#engines/linkage/score.ts'
import { probabilityOf, type LinkageModel } from '#engines/linkage/model.ts'
import { audit, auditDigest } from '#registry/audit.ts'
import type { Registry } from '#registry/open.ts'
import { transact, transactRead, type Actor } from '#registry/transaction.ts'
import { randomUUID } from 'node:crypto'
import { bandsOf } from './plan.ts'
import { judge, recordOf, type Candidates, type Pair } from './candidates.ts'
import type { Someone } from './cards.ts'
import { barredRecords, looseRecords, personsByNumber, personsForRecords, type LooseRecord } from './store-records.ts'
import type { Opening } from './store-load.ts'
import { insertLinks, liveLinks, lockSerial, type LinkValues, type Stamp } from './store-write.ts'

/** Links a transaction writes. */
const chunk = 5000

export interface RecordsResult {
  records_linked: number
  /** Still without a person: nobody surveyed has the number, or what is known is too little. */
  records_left: number
}

/**
 * Link a county's register records that have no live link: first by the same number with a name that agrees, then by
 * number and name as the linkage engine weighs them. A doubtful record is not linked; the next run looks again.
 */
export async function linkRecords(
  registry: Registry,
  actor: Actor,
  opening: Opening,
  stamp: Stamp,
  candidates: Candidates,
): Promise<RecordsResult> {
  const { records, holders, barred } = await transactRead(registry, actor, async (tx) => {
    const loose = await looseRecords(tx, opening)
    const said_no = await barredRecords(tx, opening.county_code)
    return { records: loose, holders: await personsByNumber(tx, opening, loose), barred: said_no }
  })
  if (records.length === 0) return { records_linked: 0, records_left: 0 }
  const exact = byNumber(records, holders, candidates)
  const found = new Set(exact.map((each) => each.left_id))
  const left = records.filter((record) => !found.has(record.key) && record.name !== '' && record.national_id !== '')
  const weighed = left.length === 0 ? [] : await byWeight(registry, actor, opening, left, candidates)
  const allowed = [...exact, ...weighed].filter((each) => !barred.has(`${each.left_id}\n${each.person_id}`))
  const links = allowed.toSorted((a, b) => (a.left_id < b.left_id ? -1 : 1))
  for (let start = 0; start < links.length; start += chunk) {
    const some = links.slice(start, start + chunk)
    await transact(registry, actor, async (tx) => {
      await lockSerial(tx, stamp.county_code)
      const taken = new Set(
        await liveLinks(
          tx,
          stamp.county_code,
          'record',
          some.map((each) => each.left_id),
        ),
      )
      const free = some.filter((each) => !taken.has(each.left_id))
      await insertLinks(tx, stamp, free)
      await audit(tx, {
        county_code: stamp.county_code,
        action: 'match.records',
        subject_kind: 'match_run',
        subject_id: stamp.run_id ?? '',
        detail: { records: free.length, digest: auditDigest(free.map((each) => [each.left_id, each.person_id])) },
      })
    })
  }
  return { records_linked: links.length, records_left: records.length - links.length }
}

const rows = (some: readonly Someone[]) => some.map((each) => recordOf(each, undefined))

const linkOf = (record: LooseRecord, person_id: string, pair: Pair, exact: boolean): LinkValues => ({
  link_id: randomUUID(),
  area_code: record.area_code,
  left_kind: 'record',
  left_id: record.key,
  household_id: null,
  person_id,
  method: exact ? 'exact_id' : 'probabilistic',
  band: exact ? 'certain' : 'auto',
  match_weight: pair.weight,
  match_probability: probabilityOf(pair.weight),
  evidence: { levels: pair.levels },
})

function byNumber(
  records: readonly LooseRecord[],
  holders: ReadonlyMap<string, readonly Someone[]>,
  { model, frequencies }: Candidates,
): LinkValues[] {
  const score = scorer(model, frequencies)
  return records.flatMap((record) => {
    const agreeing = (holders.get(record.national_id_hash ?? '') ?? []).flatMap((person) => {
      const scored = score(recordOf(record, undefined), recordOf(person, undefined))
      const pair = judge(record, person, { weight: scored.match_weight, levels: scored.levels }, model)
      return pair.acceptable ? [{ person, pair }] : []
    })
    const [only, ...others] = agreeing
    return only && others.length === 0 ? [linkOf(record, only.person.key, only.pair, true)] : []
  })
}

/** Lists give neither place nor telephone, so a name alone must bring a record and a person together to be compared. */
function forRecords(model: LinkageModel): LinkageModel {
  const named = model.comparisons.find((comparison) => comparison.name === 'name')
  return named ? { ...model, blocking_rules: [...model.blocking_rules, named.columns] } : model
}

async function byWeight(
  registry: Registry,
  actor: Actor,
  opening: Opening,
  records: readonly LooseRecord[],
  { model, frequencies }: Candidates,
): Promise<LinkValues[]> {
  const persons = await transactRead(registry, actor, (tx) => personsForRecords(tx, opening))
  if (persons.length === 0) return []
  const bands = bandsOf(model)
  const { links } = await link({ left: rows(records), right: rows(persons) }, forRecords(model), {
    one_to_one: false,
    train: 'none',
    frequencies,
    least_weight: bands.accept - bands.margin,
  })
  const by_key = new Map<string, Someone>([...records, ...persons].map((each) => [each.key, each]))
  const by_record = Map.groupBy(links, (each) => each.left_id)
  return records.flatMap((record) => {
    const mine = (by_record.get(record.key) ?? []).toSorted(
      (a, b) => b.match_weight - a.match_weight || (a.right_id < b.right_id ? -1 : 1),
    )
    const [best, second] = mine
    const person = best && by_key.get(best.right_id)
    if (!best || !person || best.band !== 'accept') return []
    if (second && best.match_weight - second.match_weight < bands.margin) return []
    const pair = judge(record, person, { weight: best.match_weight, levels: best.levels }, model)
    return [linkOf(record, person.key, pair, false)]
  })
}
