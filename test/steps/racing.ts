// What is done while a run of matching is going, and how it stands afterwards.
import { sql } from 'kysely'
import { matchArea } from '#cycle/02-match/run/run.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import type { Actor } from '#door/permit/permit.ts'
import { unwrap, type World } from '../world.ts'

export function racing(world: World) {
  /** A run in which `meanwhile` happens after it has read and before it writes. */
  const runWhile = async (meanwhile: () => Promise<unknown>, area_code = world.county_code) => {
    const { registry, pack, county_code } = world
    const actor: Actor = {
      account_id: null,
      name: null,
      role: 'county_officer',
      area_code: county_code,
      scope: [county_code],
    }
    let happened = false
    const progress: Progress = async () => {
      if (happened) return
      happened = true
      await meanwhile()
    }
    return await matchArea({ registry, pack, actor, now: '2014-05-01T09:00:00.000Z' }, area_code, progress)
  }

  const households = async () =>
    (
      await sql<{ household_id: string; state: string; cards: number }>`select household_id, state,
        (select count(*)::int from link l where l.household_id = h.household_id and l.left_kind = 'submission'
          and l.withdrawn_at is null) as cards
        from household h order by household_id`.execute(world.registry.app)
    ).rows

  const onlyReview = async () =>
    (await sql<{ review_id: string }>`select review_id from match_review`.execute(world.registry.app)).rows[0]
      ?.review_id ?? ''

  const decide = async (login: string, review_id: string, decision: 'accepted' | 'rejected') => {
    const client = await world.as(login)
    return await unwrap(client.api.match.reviews[':review_id'].$post({ param: { review_id }, json: { decision } }))
  }
  return { runWhile, households, onlyReview, decide }
}
