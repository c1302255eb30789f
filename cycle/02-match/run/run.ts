import { randomUUID } from 'node:crypto'
import { placeInCounty } from '#door/permit/area.ts'
import type { DoorEnv } from '#door/context.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { Problem, problem } from '#door/problems.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { errorCode } from '#registry/problem.ts'
import { transact, transactRead, type Tx } from '#registry/transaction.ts'
import { findCandidates, learnsFrom, modelFor } from './candidates.ts'
import { codeOf } from './cluster.ts'
import { plan, type Unit } from './plan.ts'
import { linkRecords } from './records.ts'
import { householdsNear, isKeyed, keyEverybody, sharesOf } from '../store/keys.ts'
import { freshVisits, knownOf, lastModel, withCorrected, type Opening } from '../store/load.ts'
import { settingOf } from '../store/settings.ts'
import { finishRun, lockSerial, revisionOf, startRun } from '../store/write.ts'
import { writeUnits, type Written } from './write.ts'

/** About so many submissions a transaction. */
const chunk = 1000

export interface RunResult extends Written {
  records_linked: number
  records_left: number
  /** Pairs of people, and pairs of a register record and a person, that were compared: one side is always new. */
  pairs_scored: number
  records_scored: number
  /** Cards and persons whose sealed numbers the key at hand does not open (50 at most): set aside, the rest goes on. */
  unreadable?: string[]
}

const nothing: Written = {
  submissions: 0,
  households_created: 0,
  submissions_linked: 0,
  duplicates_found: 0,
  persons_created: 0,
  members_linked: 0,
  reviews_opened: 0,
}

/** Who runs it, over which registry, under which rules, and when. */
export interface Running extends Pick<DoorEnv['Variables'], 'registry' | 'actor' | 'pack' | 'now'> {
  /** Compare a few new ones with everyone too, as if nobody could be looked up by key. */
  whole?: boolean
}

/** So often a run plans again what is left, where somebody wrote who is who between its reading and its writing. */
const attempts = 10

/**
 * Match every accepted card of an area that is not linked yet, and then other departments' records. Everything is
 * decided first, in memory; then units of households that hang together are written, about a thousand submissions a
 * transaction. A run that is stopped leaves whole households alone, and the next run does the rest. Where a person
 * decides, or another run writes, in between, what is left is planned anew: nothing rests on what is no more. Throws
 * `match_run_overtaken` where that happens again and again.
 */
export async function matchArea(by: Running, area_code: string, progress: Progress): Promise<RunResult> {
  const result: RunResult = { ...nothing, records_linked: 0, records_left: 0, pairs_scored: 0, records_scored: 0 }
  const run_id = randomUUID()
  let learnt: LinkageModel | null = null
  for (let attempt = 1; ; attempt++) {
    const read = await readArea(by, area_code)
    const { opening, visits, setting } = read
    const stamp = { county_code: opening.county_code, run_id, account_id: by.actor.account_id, now: by.now }
    const total = result.submissions + visits.length
    await progress(result.submissions, total, {
      en: `Comparing ${visits.length} submissions`,
      zh: `正在比对 ${visits.length} 份调查表`,
    })
    const candidates = await findCandidates(visits, read.known?.households ?? [], {
      scheme: opening.scheme,
      learnt: learnt ?? read.learnt,
      learn: learnt === null && learnsFrom(visits),
      accept: setting.accept,
      review: setting.review,
      shares: read.shares,
    })
    result.pairs_scored += candidates.scored
    if (learnt === null) await transact(by.registry, by.actor, (tx) => startRun(tx, stamp, area_code, candidates.model))
    learnt = candidates.model
    try {
      let revision = read.revision
      if (read.unkeyed) {
        await transact(by.registry, by.actor, (tx) => keyAll(tx, read))
        revision += 1
      }
      for (const some of chunks(read.known ? plan(opening.county_code, visits, read.known, candidates) : [])) {
        const planned = { ...opening, second_share: setting.second_share, revision }
        const written = await transact(by.registry, by.actor, (tx) => writeUnits(tx, planned, stamp, some))
        revision += 1
        for (const key of Object.keys(nothing) as (keyof Written)[]) result[key] += written[key]
        await progress(result.submissions, total, {
          en: `Matched ${result.submissions} submissions`,
          zh: `已比对 ${result.submissions} 份调查表`,
        })
      }
      const records = await linkRecords(by.registry, by.actor, opening, stamp, candidates)
      Object.assign(result, records)
      const unreadable = [...(opening.unreadable ?? [])].sort()
      if (unreadable.length > 0) result.unreadable = unreadable.slice(0, 50)
      await transact(by.registry, by.actor, (tx) => finishRun(tx, stamp, result))
      return result
    } catch (error) {
      if (!wasOvertaken(error) || attempt === attempts) throw error
    }
  }
}

/** From now on people are looked up by key: whoever stands gets his. */
async function keyAll(tx: Tx, { opening, known, revision }: Awaited<ReturnType<typeof readArea>>): Promise<void> {
  const lock = await lockSerial(tx, opening.county_code)
  if (lock.revision !== revision + 1) throw problem('match_run_overtaken')
  await keyEverybody(
    tx,
    opening,
    (known?.households ?? []).filter((card) => card.kind === 'household'),
  )
}

/** What a run needs to know, in one snapshot. */
async function readArea({ registry, actor, pack, whole = false }: Running, area_code: string) {
  return await transactRead(
    registry,
    actor,
    async (tx) => {
      const place = await placeInCounty(tx, area_code)
      const { county_code } = place
      const opening: Opening = {
        keys: registry.keys,
        scheme: pack.national_id,
        county_code,
        card_form: pack.card_form,
        unreadable: new Set(),
      }
      const visits = await freshVisits(tx, opening, place)
      const learnt = await lastModel(tx, opening)
      const model = learnt ?? modelFor(opening.scheme)
      // So many that the model is learnt from them are compared with everyone; fewer with those they can meet.
      const few = !learnsFrom(visits)
      const by_key = few && !whole && (await isKeyed(tx, opening, model))
      // Nobody new, nobody to compare them with: those who are known are not even opened.
      const codes = new Set(visits.flatMap((visit) => codeOf(visit, county_code) ?? []))
      const near = by_key
        ? {
            household_ids: await householdsNear(tx, opening, model, visits),
            instance_ids: await withCorrected(tx, county_code, visits),
          }
        : undefined
      const people = visits.flatMap((visit) => visit.people)
      return {
        opening,
        visits,
        known: visits.length === 0 ? null : await knownOf(tx, opening, codes, near),
        /** To be given keys first: all who stand are known, and have none yet. */
        unkeyed: few && !whole && !by_key && visits.length > 0,
        shares: by_key && visits.length > 0 ? await sharesOf(tx, opening, model, people) : undefined,
        setting: await settingOf(tx, county_code),
        learnt,
        revision: await revisionOf(tx, county_code),
      }
    },
    { isolation_level: 'repeatable read' },
  )
}

/** Somebody else wrote in between: told by the revision, and, were that not so, by the key that keeps one live link. */
const wasOvertaken = (error: unknown): boolean =>
  errorCode(error) === '23505' || (error instanceof Problem && error.code === 'match_run_overtaken')

/** Units in their order, about `chunk` submissions in each piece. */
function chunks(units: readonly Unit[]): Unit[][] {
  const pieces: Unit[][] = []
  let size = chunk
  for (const unit of units) {
    if (size >= chunk) {
      pieces.push([])
      size = 0
    }
    pieces.at(-1)?.push(unit)
    size += unit.households.reduce((sum, household) => sum + household.visits.length, 0)
  }
  return pieces
}
