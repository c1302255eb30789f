import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { placeInCounty } from '#door/area.ts'
import type { DoorEnv } from '#door/context.ts'
import type { Progress } from '#door/jobs.ts'
import { problem } from '#door/problems.ts'
import { errorCode } from '#registry/problem.ts'
import { transact, transactRead } from '#registry/transaction.ts'
import { findCandidates } from './candidates.ts'
import { codeOf } from './cluster.ts'
import { plan, type Unit } from './plan.ts'
import { linkRecords } from './records.ts'
import { freshVisits, knownOf, lastModel, type Opening } from './store-load.ts'
import { settingOf } from './store-settings.ts'
import { finishRun, startRun } from './store-write.ts'
import { writeUnits, type Written } from './write.ts'

/** About so many submissions a transaction. */
const chunk = 1000

export interface RunResult extends Written {
  records_linked: number
  records_left: number
  /** Pairs of people, and pairs of a register record and a person, that were compared: one side is always new. */
  pairs_scored: number
  records_scored: number
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

/**
 * Match every accepted card of an area that is not linked yet, and then other departments' records. Everything is
 * decided first, in memory; then units of households that hang together are written, about a thousand submissions a
 * transaction. A run that is stopped leaves whole households alone, and the next run does the rest.
 */
export async function matchArea(c: Context<DoorEnv>, area_code: string, progress: Progress): Promise<RunResult> {
  const { registry, actor, pack, now } = c.var
  const read = await transactRead(
    registry,
    actor,
    async (tx) => {
      const place = await placeInCounty(tx as never, area_code)
      const opening: Opening = {
        keys: registry.keys,
        scheme: pack.national_id,
        county_code: place.county_code,
        card_form: pack.card_form,
      }
      const visits = await freshVisits(tx, opening, place)
      // Nobody new, nobody to compare them with: those who are known are not even opened.
      const codes = new Set(visits.flatMap((visit) => codeOf(visit, place.county_code) ?? []))
      const known = visits.length === 0 ? null : await knownOf(tx, opening, codes)
      const setting = await settingOf(tx, place.county_code)
      return { opening, visits, known, setting, learnt: await lastModel(tx, place.county_code) }
    },
    { isolation_level: 'repeatable read' },
  )
  const { opening, visits, known, setting } = read
  const { county_code, scheme } = opening
  const total = visits.length
  await progress(0, total, { en: `Comparing ${total} submissions`, zh: `正在比对 ${total} 份调查表` })
  const candidates = await findCandidates(visits, known?.households ?? [], {
    scheme,
    learnt: read.learnt,
    accept: setting.accept,
    review: setting.review,
  })
  const units = known ? plan(county_code, visits, known, candidates) : []
  const stamp = { county_code, run_id: randomUUID(), account_id: actor.account_id, now }
  const result: RunResult = {
    ...nothing,
    records_linked: 0,
    records_left: 0,
    pairs_scored: candidates.scored,
    records_scored: 0,
  }
  await transact(registry, actor, (tx) => startRun(tx, stamp, area_code, candidates.model))
  for (const some of chunks(units)) {
    const written = await transact(registry, actor, (tx) =>
      writeUnits(tx, { ...opening, second_share: setting.second_share }, stamp, some),
    ).catch(overtaken)
    for (const key of Object.keys(nothing) as (keyof Written)[]) result[key] += written[key]
    await progress(result.submissions, total, {
      en: `Matched ${result.submissions} submissions`,
      zh: `已比对 ${result.submissions} 份调查表`,
    })
  }
  const records = await linkRecords(registry, actor, opening, stamp, candidates)
  Object.assign(result, records)
  await transact(registry, actor, (tx) => finishRun(tx, stamp, result))
  return result
}

/** A submission has one live link: the key that holds it tells that another run was there first. */
function overtaken(error: unknown): never {
  if (errorCode(error) !== '23505') throw error
  throw problem('match_run_overtaken', { detail: 'What this run had written before stands.' })
}

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
