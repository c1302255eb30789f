// Which mutant is on, for the files with mutants in them. The runner of the tests sets it; in a thread or a process that tests
// start, MUTANT says it.
import { appendFileSync } from 'node:fs'

interface Switch {
  /** The mutant that is on; 0 for none. */
  active: number
  /** By number: how often it was asked since the runner last set it to 0. */
  asked: Uint32Array
  /** How often the one that is on was asked, and how often it may be. */
  hits: number
  limit: number
}

declare global {
  var mutantSwitch: Switch | undefined
  /** Set in the runner's own thread; in other threads and processes it is missing. */
  var mutantRunner: boolean | undefined
}

const elsewhere = process.env['MUTANTS_ELSEWHERE']

// One for a thread, however often this file is loaded.
export const state: Switch = (globalThis.mutantSwitch ??= {
  active: Number(process.env['MUTANT'] ?? 0),
  asked: new Uint32Array(1 << 16),
  hits: 0,
  limit: Infinity,
})

/** Is this mutant on? One that is asked far more often than the program asked without it goes round without end: it throws. */
export function on(id: number): boolean {
  const before = state.asked[id] ?? 0
  state.asked[id] = before + 1
  if (before === 0 && elsewhere && !globalThis.mutantRunner) appendFileSync(elsewhere, `${id}\n`)
  if (id !== state.active) return false
  state.hits++
  if (state.hits > state.limit) throw new Error(`mutant ${id} does not come to an end`)
  return true
}
