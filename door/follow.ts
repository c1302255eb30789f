// What rests on households follows when a person decides that two are one, or that they are not. The room that decides
// knows no later room: the app hands it this, made of what each later room offers (server/later-rooms.ts).
import type { Pack } from '#packs/load.ts'
import { auditMany } from '#registry/audit/audit.ts'
import type { Registry } from '#registry/open.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Actor } from './permit/permit.ts'
import { problem } from './problems.ts'

/** Households whose cards, persons or records are other than before. */
export interface HouseholdsChanged {
  county_code: string
  household_ids: readonly string[]
  /** The question or link that was decided on: goes into the audit. */
  because: string
}

/** Persons who died, left or came, as it was confirmed or taken back, and the households that it is about. */
export interface MembersChanged extends HouseholdsChanged {
  person_ids: readonly string[]
}

/** Who acts, when, under which rules. */
export interface Acting {
  pack: Pack
  now: string
  actor: Actor
}

/** What one room does about it, in the same transaction. Returns counts. */
export type Follower = (tx: Tx, by: Acting, changed: HouseholdsChanged) => Promise<Record<string, number>>

export interface LaterRooms {
  /** Those of these households that are on the register of the poor. */
  registered(tx: ReadTx, county_code: string, household_ids: readonly string[]): Promise<string[]>
  /**
   * Set anew who belongs to these households, then all that rests on it, in the same transaction, which sees the whole
   * county and holds its area. Returns counts.
   */
  members(tx: Tx, by: Acting & { registry: Registry }, changed: MembersChanged): Promise<Record<string, number>>
  /** Bring what rests on these households to what they are now, in the same transaction. Returns counts. */
  follow(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>>
}

/** Something that was written for a household, and the household it counts for now. */
export interface Following {
  subject_kind: string
  subject_id: string
  household_id: string
  counts_for: string
  /** It takes no step while the household it counts for has one of its own. */
  held?: boolean
}

/**
 * Put on record, in the audit, for whom each of these counts from now on and because of what: the rows themselves stay
 * as they were written. Returns how many count for another household, and how many of them are held.
 */
export async function tellFollowing(
  tx: Tx,
  action: string,
  changed: HouseholdsChanged,
  rows: readonly Following[],
): Promise<{ elsewhere: number; held: number }> {
  await auditMany(
    tx,
    rows.map(({ subject_kind, subject_id, household_id, counts_for, held = false }) => ({
      county_code: changed.county_code,
      action,
      subject_kind,
      subject_id,
      household_id: counts_for,
      detail: { written_for: household_id, counts_for, held, because: changed.because },
    })),
  )
  return {
    elsewhere: rows.filter((row) => row.household_id !== row.counts_for).length,
    held: rows.filter((row) => row.held).length,
  }
}

/** Throws `household_merged`, naming where to look, where one of these was merged into another. */
export function notMerged(households: Iterable<{ household_id: string; merged_into: string | null }>): void {
  const merged = [...households].filter((each) => each.merged_into !== null)
  if (merged.length === 0) return
  const [first] = merged
  throw problem('household_merged', {
    detail: `${first?.household_id} counts for ${first?.merged_into} now.`,
    errors: merged.slice(0, 50).map((each) => ({ path: each.household_id, message: each.merged_into ?? '' })),
  })
}
