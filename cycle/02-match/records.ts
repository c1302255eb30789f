// Other departments' lists: whose vehicle, whose business, whose place on the payroll.
import { link } from '#engines/linkage/link.ts'
import { scorer } from '#engines/linkage/score.ts'
import type { LinkageModel } from '#engines/linkage/model.ts'
import { meaningOf, patternOf } from '#engines/linkage/patterns.ts'
import { audit, auditDigest } from '#registry/audit.ts'
import type { Registry } from '#registry/open.ts'
import { transact, transactRead, type Actor } from '#registry/transaction.ts'
import { randomUUID } from 'node:crypto'
import { bandsOf } from './plan.ts'
import { levelNames, recordOf, type Candidates } from './candidates.ts'
import type { Someone } from './cards.ts'
import {
  barredRecords,
  holdersOf,
  looseRecords,
  openRecord,
  personsForRecords,
  type Holder,
  type LooseRecord,
} from './store-records.ts'
import { liveLeftIds, type Opening } from './store-load.ts'
import { insertLinks, lockSerial, type LinkValues, type Stamp } from './store-write.ts'

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
    return { records: loose, holders: await holdersOf(tx, opening.county_code), barred: said_no }
  })
  if (records.length === 0) return { records_linked: 0, records_left: 0 }
  const exact = byNumber(records, holders, candidates)
  const found = new Set(exact.map((each) => each.left_id))
  const left = records.filter(
    (record) => !found.has(record.key) && record.name !== '' && record.national_id_sealed !== null,
  )
  const weighed = left.length === 0 ? [] : await byWeight(registry, actor, opening, left, candidates)
  const allowed = [...exact, ...weighed].filter((each) => !barred.has(`${each.left_id}\n${each.person_id}`))
  const links = allowed.toSorted((a, b) => (a.left_id < b.left_id ? -1 : 1))
  for (let start = 0; start < links.length; start += chunk) {
    const some = links.slice(start, start + chunk)
    await transact(registry, actor, async (tx) => {
      await lockSerial(tx, stamp.county_code)
      const taken = new Set(await liveLeftIds(tx, stamp.county_code, 'record'))
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

const linkOf = (record: LooseRecord, person_id: string) => ({
  link_id: randomUUID(),
  area_code: record.area_code,
  left_kind: 'record' as const,
  left_id: record.key,
  household_id: null,
  person_id,
})

/** The same number and a name that agrees, with one person alone. */
function byNumber(
  records: readonly LooseRecord[],
  holders: ReadonlyMap<string, readonly Holder[]>,
  { model, frequencies }: Candidates,
): LinkValues[] {
  const score = scorer(model, frequencies)
  const nameLevel = (a: string, b: string): string | null => {
    if (a === b && a !== '') return 'exact'
    const { levels } = score(named(a), named(b))
    if (!meaningOf(patternOf(levels, model), model).acceptable) return null
    const level = model.comparisons[0]?.levels[levels[0] ?? -1]
    return level && level.name !== 'different' ? level.name : null
  }
  return records.flatMap((record) => {
    const agreeing = (holders.get(record.national_id_hash ?? '') ?? []).flatMap((holder) => {
      const level = nameLevel(record.name, holder.name)
      return level === null ? [] : [{ holder, level }]
    })
    const [only, ...others] = agreeing
    if (!only || others.length > 0) return []
    return [
      {
        ...linkOf(record, only.holder.person_id),
        method: 'exact_id',
        band: 'certain',
        match_weight: null,
        match_probability: null,
        evidence: { levels: { name: only.level, person: 'same_id' } },
      },
    ]
  })
}

const nobody = { relation: null, sex: null, birth_date: null, national_id: '', id_valid: false, written_id: '' }

const named = (name: string) => recordOf({ ...nobody, key: name, card_id: '', name }, undefined)

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
  const opened = records.map((record) => openRecord(opening, record))
  const persons = await transactRead(registry, actor, (tx) => personsForRecords(tx, opening, opened))
  if (persons.length === 0) return []
  const bands = bandsOf(model)
  const { links } = await link({ left: rows(opened), right: rows(persons) }, forRecords(model), {
    one_to_one: false,
    train: 'none',
    frequencies,
    least_weight: bands.accept - bands.margin,
  })
  const by_record = Map.groupBy(links, (each) => each.left_id)
  return records.flatMap((record) => {
    const mine = (by_record.get(record.key) ?? []).toSorted(
      (a, b) => b.match_weight - a.match_weight || (a.right_id < b.right_id ? -1 : 1),
    )
    const [best, second] = mine
    if (!best || best.band !== 'accept') return []
    if (second && best.match_weight - second.match_weight < bands.margin) return []
    return [
      {
        ...linkOf(record, best.right_id),
        method: 'probabilistic',
        band: 'auto',
        match_weight: best.match_weight,
        match_probability: best.match_probability,
        evidence: { levels: levelNames(best.levels, model) },
      },
    ]
  })
}
