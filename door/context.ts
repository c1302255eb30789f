import type { Pack } from '#packs/load.ts'
import type { Registry } from '#registry/open.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { LaterRooms } from './follow.ts'
import type { Actor } from './permit/permit.ts'
import type { Language } from './problems.ts'
import type { Settings } from './settings.ts'

/** What every route finds in its context (`c.var`). */
export interface DoorVariables {
  registry: Registry
  settings: Settings
  /** The pack in force when the request began; what publishes another does not change it under way. */
  pack: Pack
  /** Set by a request that put other rules in force: those that follow look for them. */
  rules_published?: boolean
  /** What rests on households: asked and told by the room that decides who is who. */
  later: LaterRooms
  actor: Actor
  /** The request's one transaction, opened by `enter`; absent where the route entered 'by hand'. A route that does not
   * enter to 'write' sees what reads alone. */
  tx: ReadTx
  /** What a reading route leaves behind once its answer is made (who looked at what): done before it goes out. */
  afterwards: (() => Promise<void>)[]
  /** The time of the request, ISO 8601. Rooms take it from here and never ask the clock or the database. */
  now: string
  /** A seed that nobody can foresee or choose, for what is drawn by lot. Rooms take chance from here, as they take the time. */
  lot: () => string
  language: Language
  /** Aborted when whoever asked has left: what is done for his answer alone is given up then. */
  signal: AbortSignal
  request_id: string
}

export type DoorEnv = { Variables: DoorVariables }

/** What a step of a route is given of its context; a route that writes may call a step that reads. */
export interface Entered {
  readonly var: Readonly<DoorVariables>
}

/** As `Entered`, for a step that writes: only a route that entered to 'write' has one. */
export interface EnteredToWrite {
  readonly var: Readonly<WriteEnv['Variables']>
}

/** What a route finds that entered to 'write'. */
export type WriteEnv = { Variables: Omit<DoorVariables, 'tx'> & { tx: Tx } }
