// Where a case may stand and which steps lead on; screens read this too.
import { states as allStates, type StateOf } from '#registry/tables/states.ts'

export const states = allStates['exit_case.state']
export type State = StateOf<'exit_case.state'>

export const kinds = [
  'appraised',
  'verified',
  'consented',
  'refused',
  'noticed',
  'objected',
  'answered',
  'exited',
  'stopped',
] as const
export type Kind = (typeof kinds)[number]

/** From which state each step is taken. A case may be stopped at any time before it is closed. */
export const from: Record<Kind, readonly State[]> = {
  appraised: ['checked'],
  verified: ['appraised'],
  consented: ['verified'],
  refused: ['verified'],
  noticed: ['consented'],
  objected: ['noticed'],
  answered: ['noticed'],
  exited: ['noticed'],
  stopped: ['checked', 'appraised', 'verified', 'consented', 'noticed'],
}

/** Which right each step takes; the door asks it, and screens offer only what the reader may do. */
export const action_of = {
  appraised: 'exit.appraise',
  verified: 'exit.verify',
  consented: 'exit.consent',
  refused: 'exit.consent',
  noticed: 'exit.notice',
  objected: 'exit.object',
  answered: 'exit.answer',
  exited: 'exit.approve',
  stopped: 'exit.stop',
} as const satisfies Record<Kind, string>
