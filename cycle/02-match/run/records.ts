// Other departments' lists: whose vehicle, whose business, whose place on the payroll.
import { link } from '#engines/linkage/link.ts'
import { scorer } from '#engines/linkage/score.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { meaningOf, patternOf } from '#engines/linkage/learn/patterns.ts'
import { problem } from '#door/problems.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import { transact, transactRead, type Actor } from '#registry/transaction.ts'
import { randomUUID } from 'node:crypto'
import { bandsOf } from './plan.ts'
import { levelNames, recordOf, type Candidates } from './candidates.ts'
import type { Someone } from './cards.ts'
import {
  barredRecords,
  freshPersons,
  holdersOf,
  looseRecords,
  openRecord,
  personsForRecords,
  rememberCompared,
  restingLinks,
  type Holder,
  type LooseRecord,
} from '../store/records.ts'
import { isKeyed, sharesOf } from '../store/keys.ts'
import { withdrawLinks } from '../store/links.ts'
import type { Opening } from '../store/load.ts'
import { insertLinks, lockSerial, revisionOf, type LinkValues, type Stamp } from '../store/write.ts'

/** Links a transaction writes. */
const chunk = 5000

export interface RecordsResult {
  records_linked: number
  /** Still without a person: nobody surveyed has the number, or what is known is too little. */
  records_left: number
  /** Pairs of a record and a person that were compared; in each the one or the other is new. */
  records_scored: number
}

/**
 * Link a county's register records that have no live link: first by the same number with a name that agrees, then by
 * number and name as the linkage engine weighs them. A doubtful record is not linked: later runs compare it with the
 * persons who have come, or changed, since, and only where one of them could be meant with everyone again. Throws
 * `match_run_overtaken` where somebody else wrote who is who meanwhile.
 */
export async function linkRecords(
  registry: Registry,
  actor: Actor,
  opening: Opening,
  stamp: Stamp & { run_id: string },
  candidates: Candidates,
): Promise<RecordsResult> {
  const { county_code } = opening
  const { records, holders, barred, fresh, keyed, revision } = await transactRead(
    registry,
    actor,
    async (tx) => {
      const records = await looseRecords(tx, opening)
      const hashes = records.flatMap((record) => record.national_id_hash ?? [])
      return {
        records,
        holders: await holdersOf(tx, county_code, hashes),
        barred: await barredRecords(tx, county_code),
        fresh: await freshPersons(tx, county_code),
        keyed: await isKeyed(tx, opening, candidates.model),
        revision: await revisionOf(tx, county_code),
      }
    },
    { isolation_level: 'repeatable read' },
  )
  if (records.length === 0 && fresh.size === 0) return { records_linked: 0, records_left: 0, records_scored: 0 }
  const due = records.filter((each) => !each.seen || heldByFresh(each, holders, fresh))
  const exact = byNumber(due, holders, candidates)
  const found = new Set(exact.map((each) => each.left_id))
  const left = records.filter(
    (record) => !found.has(record.key) && record.name !== '' && record.national_id_sealed !== null,
  )
  const weighed = await byWeight(registry, actor, opening, left, fresh, { ...candidates, keyed })
  const allowed = [...exact, ...weighed.links].filter((each) => !barred.has(`${each.left_id}\n${each.person_id}`))
  const links = allowed.toSorted((a, b) => (a.left_id < b.left_id ? -1 : 1))
  const pieces = Math.ceil(links.length / chunk)
  for (let piece = 0; piece < pieces; piece++) {
    const some = links.slice(piece * chunk, (piece + 1) * chunk)
    await transact(registry, actor, async (tx) => {
      const lock = await lockSerial(tx, county_code)
      if (lock.revision !== revision + piece + 1) throw problem('match_run_overtaken')
      const resting = await restingLinks(
        tx,
        county_code,
        some.map((each) => each.left_id),
      )
      await withdrawLinks(tx, county_code, resting, {
        now: stamp.now,
        account_id: stamp.account_id,
        reason: 'no card names this person; the record is linked to another',
        act: stamp.run_id,
      })
      await insertLinks(tx, stamp, some)
      await audit(tx, {
        county_code,
        action: 'match.records',
        subject_kind: 'match_run',
        subject_id: stamp.run_id,
        detail: { records: some.length, digest: auditDigest(some.map((each) => [each.left_id, each.person_id])) },
      })
    })
  }
  const linked = new Set(links.map((each) => each.left_id))
  const compared = records.filter((each) => !each.seen && !linked.has(each.key))
  await transact(registry, actor, async (tx) => {
    const lock = await lockSerial(tx, county_code)
    if (lock.revision !== revision + pieces + 1) throw problem('match_run_overtaken')
    await rememberCompared(tx, county_code, compared, fresh)
  })
  return {
    records_linked: links.length,
    records_left: records.length - links.length,
    records_scored: weighed.scored,
  }
}

const heldByFresh = (
  record: LooseRecord,
  holders: ReadonlyMap<string, readonly Holder[]>,
  fresh: ReadonlySet<string>,
): boolean => (holders.get(record.national_id_hash ?? '') ?? []).some((holder) => fresh.has(holder.person_id))

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
  fresh: ReadonlySet<string>,
  { model, frequencies, keyed }: Candidates & { keyed: boolean },
): Promise<{ links: LinkValues[]; scored: number }> {
  const due = records.filter((each) => !each.seen || fresh.size > 0)
  if (due.length === 0) return { links: [], scored: 0 }
  const opened = new Map(due.map((record) => [record.key, openRecord(opening, record)]))
  const meant = (some: readonly LooseRecord[], among?: ReadonlySet<string>) =>
    transactRead(registry, actor, (tx) =>
      personsForRecords(
        tx,
        opening,
        some.flatMap((record) => opened.get(record.key) ?? []),
        among,
      ),
    )
  // How common a name is in the county; where nobody can be looked up yet, in what this run has read.
  const shares = keyed
    ? await transactRead(registry, actor, (tx) => sharesOf(tx, opening, model, [...opened.values()]))
    : frequencies
  const bands = bandsOf(model)
  let scored = 0
  const compare = async (some: readonly LooseRecord[], with_whom: readonly Someone[]) => {
    if (some.length === 0 || with_whom.length === 0) return []
    const left = some.flatMap((record) => opened.get(record.key) ?? [])
    const result = await link({ left: rows(left), right: rows(with_whom) }, forRecords(model), {
      one_to_one: false,
      train: 'none',
      frequencies: shares,
      least_weight: bands.accept - bands.margin,
    })
    scored += result.counts.pairs
    return result.links
  }
  // Who was compared with everyone before is compared with those who are new; where one could be meant, with all again:
  // whether he is the only one is a question about everybody.
  const seen = due.filter((each) => each.seen)
  const hit = new Set((await compare(seen, await meant(seen, fresh))).map((each) => each.left_id))
  const again = due.filter((record) => !record.seen || hit.has(record.key))
  const links = await compare(again, await meant(again))
  const by_record = Map.groupBy(links, (each) => each.left_id)
  const made = again.flatMap((record) => {
    const mine = (by_record.get(record.key) ?? []).toSorted(
      (a, b) => b.match_weight - a.match_weight || (a.right_id < b.right_id ? -1 : 1),
    )
    const [best, second] = mine
    if (!best || best.band !== 'accept') return []
    if (second && best.match_weight - second.match_weight < bands.margin) return []
    return [
      {
        ...linkOf(record, best.right_id),
        method: 'probabilistic' as const,
        band: 'auto' as const,
        match_weight: best.match_weight,
        match_probability: best.match_probability,
        evidence: { levels: levelNames(best.levels, model) },
      },
    ]
  })
  return { links: made, scored }
}
