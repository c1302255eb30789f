// What rests on households follows when a person decides that two are one, or that they are not. The room that decides
// knows no later room: the app hands it this, made of what each later room offers (server/later-rooms.ts).
import type { Pack } from '#packs/load.ts'
import type { Tx } from '#registry/transaction.ts'
import type { Actor } from './permit.ts'

/** Households whose cards, persons or records are other than before. */
export interface HouseholdsChanged {
  county_code: string
  household_ids: readonly string[]
  /** The question or link that was decided on: goes into the audit. */
  because: string
}

/** Who acts, when, under which rules. */
export interface Acting {
  pack: Pack
  now: string
  actor: Actor
}

export interface LaterRooms {
  /** Those of these households that are on the register of the poor. */
  registered(tx: Tx, county_code: string, household_ids: readonly string[]): Promise<string[]>
  /** Bring what rests on these households to what they are now, in the same transaction. Returns counts. */
  follow(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>>
}
