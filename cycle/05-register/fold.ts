// The household file as a fold over dated entries. Pure: the same entries give the same file, on any date, as known on
// any date.
import type { Answers } from '#door/personal.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { canonical } from '#registry/audit/audit.ts'
import { carriedAfter, type Carried } from './carried.ts'

export type EntryKind = StateOf<'register_entry.kind'>

export interface Entry {
  entry_id: string
  /** The household it counts for, and the one it was written for, which may have been merged into it since. */
  household_id: string
  written_for: string
  area_code: string
  kind: EntryKind
  /** True in the world from this day. */
  valid_from: string
  /** Known to us from this moment. */
  recorded_at: string
  data: EntryData
  source_kind: string
  source_id: string
  account_id: string | null
  role: string | null
}

export interface EntryData {
  answers?: Answers
  instance_id?: string
  assessment_id?: string
  household_attribute?: string | null
  reason?: string
  /** Others struck off with it: they counted as one household when it was written. */
  covers?: string[]
}

export interface HouseholdFile extends Carried {
  household_id: string
  area_code: string
  status: StateOf<'register_household.status'>
  registered_on: string
  /** Since when the status holds. */
  status_on: string
  answers: Answers | null
  instance_id: string | null
  last_entry_id: string
  /** Of several that are one: which stand on the register by their own entries, and since when. Null for one alone. */
  standing: Record<string, string> | null
}

/** Where one of the households stands by its own entries. */
interface Stand {
  registered: boolean
  on: string
}

// Of two entries of one instant the one that can only follow the other comes second.
const rank: Record<EntryKind, number> = {
  registered: 0,
  moved: 1,
  updated: 1,
  corrected: 1,
  deregistered: 2,
  returned: 3,
}

/** In the world's order; what was recorded later wins on the same day. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(
    (a, b) =>
      a.valid_from.localeCompare(b.valid_from) ||
      a.recorded_at.localeCompare(b.recorded_at) ||
      rank[a.kind] - rank[b.kind] ||
      a.entry_id.localeCompare(b.entry_id),
  )
}

/** Entries that were true by `on` and known by `known_on` (both inclusive; left out: no limit). */
export function visible(entries: readonly Entry[], on?: string, known_on?: string): Entry[] {
  // As moments, not as text: '08:00:00.500Z' sorts before '08:00:00Z'.
  const known = known_on === undefined ? Infinity : Date.parse(known_on)
  return entries.filter(
    (entry) => (on === undefined || entry.valid_from <= on) && Date.parse(entry.recorded_at) <= known,
  )
}

/**
 * Fold entries into the file; null before the first registration. Where several households are one, the file tells what
 * was said last of any of them; it stands on the register as long as one of them does, since the earliest day of those.
 */
export function fold(entries: readonly Entry[]): HouseholdFile | null {
  let file: HouseholdFile | null = null
  const stands = new Map<string, Stand>()
  for (const entry of inOrder(entries)) {
    file = apply(file, entry)
    stand(stands, entry)
  }
  const several = [...stands.keys()].some((household_id) => household_id !== file?.household_id)
  return file && several ? { ...file, ...together(stands) } : file
}

function stand(stands: Map<string, Stand>, { kind, written_for, valid_from: on, data }: Entry): void {
  if (kind === 'registered' || kind === 'returned') stands.set(written_for, { registered: true, on })
  if (kind !== 'deregistered') return
  for (const each of [written_for, ...(data.covers ?? [])]) {
    if (stands.has(each)) stands.set(each, { registered: false, on })
  }
}

function together(stands: ReadonlyMap<string, Stand>): Pick<HouseholdFile, 'status' | 'status_on' | 'standing'> {
  const registered = [...stands].filter(([, each]) => each.registered).toSorted(([a], [b]) => a.localeCompare(b))
  const days = (registered.length > 0 ? registered : [...stands]).map(([, each]) => each.on).toSorted()
  return {
    status: registered.length > 0 ? 'registered' : 'deregistered',
    status_on: (registered.length > 0 ? days[0] : days.at(-1)) ?? '',
    standing: Object.fromEntries(registered.map(([household_id, each]) => [household_id, each.on])),
  }
}

function apply(file: HouseholdFile | null, entry: Entry): HouseholdFile | null {
  const { data } = entry
  if (file === null) {
    // Nothing can be changed that is not on the register; such an entry is kept and waits for its registration.
    if (entry.kind !== 'registered') return null
    return {
      household_id: entry.household_id,
      area_code: entry.area_code,
      status: 'registered',
      registered_on: entry.valid_from,
      status_on: entry.valid_from,
      ...carriedAfter(null, data),
      answers: data.answers ?? null,
      instance_id: data.instance_id ?? null,
      last_entry_id: entry.entry_id,
      standing: null,
    }
  }
  const next: HouseholdFile = {
    ...file,
    area_code: entry.area_code,
    answers: data.answers ?? file.answers,
    instance_id: data.instance_id ?? file.instance_id,
    ...carriedAfter(file, data),
    last_entry_id: entry.entry_id,
  }
  if (entry.kind === 'deregistered') return { ...next, status: 'deregistered', status_on: entry.valid_from }
  if (entry.kind === 'registered' || entry.kind === 'returned') {
    return { ...next, status: 'registered', status_on: entry.valid_from }
  }
  return next
}

/**
 * The file's line on the register. Several that are one stand where they live today; a household alone stands where its
 * file says until the next survey is carried into it.
 */
export function projectionOf<L extends { area_code: string }>(file: HouseholdFile, line: L) {
  const { answers: _, instance_id: __, ...kept } = file
  return { ...line, ...kept, area_code: file.standing === null ? file.area_code : line.area_code }
}

/**
 * Which fields differ between two sets of answers, by name (`members` as a whole). Personal numbers must be open: sealed
 * ones differ each time they are sealed. Nothing has changed where nothing was known before.
 */
export function changedFields(before: Answers | null, after: Answers | null): string[] {
  if (before === null || after === null) return []
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => canonical(before[name] ?? null) !== canonical(after[name] ?? null)).sort()
}
