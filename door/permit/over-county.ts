// A household counts where it lives, but what was written for it stays where it was written: in the village it moved
// from, or in the one where it was surveyed a second time. Whoever may see the household sees all of it.
import { actorSettings } from '#registry/transaction.ts'
import { sql } from 'kysely'
import type { Entered } from '../context.ts'
import { within } from './permit.ts'

/**
 * Runs `work` with the whole county in sight of row-level security, in the request's own transaction, and closes it
 * again. For what the actor has been permitted by the household it is about, or by the area it is filtered by: `work`
 * must ask for that household or filter by that area itself. The role stays, and with it what the role may not see.
 * `county_code` null: an area above the county, where nothing is opened.
 */
export async function overCounty<T>(c: Entered, county_code: string | null, work: () => Promise<T>): Promise<T> {
  const { tx, actor } = c.var
  if (county_code === null || within(actor, county_code)) return await work()
  const scope = (codes: string[]) => sql.raw(actorSettings({ ...actor, scope: codes })[0] ?? '').execute(tx)
  await scope([county_code])
  try {
    const done = await work()
    await scope(actor.scope)
    return done
  } catch (error) {
    // Whoever catches it further out sees no more than before; a failed transaction takes no statement, and the setting with it.
    await scope(actor.scope).catch(() => {})
    throw error
  }
}
