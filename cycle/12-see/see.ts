// What the campaign's numbers mean, apart from where they are stored. Pure.

/** Stages of the funnel that hold for a household once reached, in the campaign's order. */
export const stages = [
  'households',
  'assessed',
  'eligible',
  'appraised',
  'registered',
  'diagnosed',
  'planned',
  'helped',
  'exited',
  'inspected',
] as const

export type Stage = (typeof stages)[number]

/** What a list may be cut by: the stages, and the register as it stands now, without those who left it. */
export const list_stages = [...stages, 'on_the_list'] as const

export type ListStage = (typeof list_stages)[number]

export { household_statuses as statuses } from '#registry/tables/see.ts'

/** Counts of one area, as stored. People are members of households. */
export interface Counts {
  households: number
  people: number
  assessed: number
  eligible: number
  appraised: number
  registered: number
  diagnosed: number
  planned: number
  helped: number
  exited: number
  inspected: number
  /** On the register and not exited. */
  poor_now: number
  poor_people: number
  registered_people: number
  alerts_open: number
  alert_households: number
  needs_verification: number
  cause_agrees: number
  cause_compared: number
}

export const no_counts: Counts = {
  households: 0,
  people: 0,
  assessed: 0,
  eligible: 0,
  appraised: 0,
  registered: 0,
  diagnosed: 0,
  planned: 0,
  helped: 0,
  exited: 0,
  inspected: 0,
  poor_now: 0,
  poor_people: 0,
  registered_people: 0,
  alerts_open: 0,
  alert_households: 0,
  needs_verification: 0,
  cause_agrees: 0,
  cause_compared: 0,
}

/** Sum of areas that do not overlap. */
export function total(parts: readonly Counts[]): Counts {
  const sum = { ...no_counts }
  for (const part of parts) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += part[key]
  return sum
}

/** A part of a whole between 0 and 1; null where there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/**
 * Rates of an area, each between 0 and 1. Incidence is people in households on the list for each person surveyed: the
 * measure by which villages leave the list (State Council General Office, 2016, on exit from poverty).
 */
export function ratesOf(counts: Counts) {
  return {
    assessed: share(counts.assessed, counts.households),
    incidence: share(counts.poor_people, counts.people),
    incidence_at_registration: share(counts.registered_people, counts.people),
    planned: share(counts.planned, counts.registered),
    helped: share(counts.helped, counts.registered),
    exited: share(counts.exited, counts.registered),
    cause_agreement: share(counts.cause_agrees, counts.cause_compared),
  }
}

/** Below this many households a public number could point at a family. */
export const smallest_cell = 5

/** A pack's levels from the nation down, each with the length of its codes. */
export type Levels = readonly { level: string; code_length: number }[]

/** Length of the codes one level below an area: codes nest, so a child's code begins with its parent's. */
export function childCodeLength(levels: Levels, level: string): number {
  const below = levels[levels.findIndex((each) => each.level === level) + 1]
  return (below ?? levels.at(-1))?.code_length ?? 0
}

/** Length of a village's code; of the finest area's where a country has no villages. */
export const villageLength = (levels: Levels): number =>
  (levels.find((each) => each.level === 'village') ?? levels.at(-1))?.code_length ?? 0

/**
 * The areas by which it is said how much of a place was surveyed: villages of a township, above it the areas that hold
 * villages. Null within a village, which is surveyed or not.
 */
export function coveredBy(levels: Levels, level: string): Levels[number] | null {
  const found = levels.findIndex((each) => each.level === 'village')
  const village = found < 0 ? levels.length - 1 : found
  const own = levels.findIndex((each) => each.level === level)
  if (own >= village) return null
  return levels[own < village - 1 ? village - 1 : village] ?? null
}

/** The village that an area lies in or is; an area above the villages itself. */
export const villageOf = (levels: Levels, area_code: string): string => area_code.slice(0, villageLength(levels))

/** A place in a sorted list: the value sorted by and the household, so that ties keep their order. */
export interface Cursor {
  value: string
  household_id: string
}

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.value, cursor.household_id])).toString('base64url')
}

/** Null for what is no cursor of ours. */
export function readCursor(text: string): Cursor | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(read) || typeof read[0] !== 'string' || typeof read[1] !== 'string') return null
    return { value: read[0], household_id: read[1] }
  } catch {
    return null
  }
}

/** One line of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe (OWASP). */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const plain = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
