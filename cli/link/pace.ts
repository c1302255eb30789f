/** A stretch of a run, in the order of the chain. Seconds: what it took on two cores, reading and writing Parquet. */
type Stretch = {
  words: string
  /** Tables made in it; `last` ends it. */
  tables: RegExp
  last?: RegExp
  /** Seconds whatever the size (400,000 pairs are drawn from lists of any size), and per million records of both lists. */
  fixed: number
  per_million: number
  of?: 'two lists' | 'one to one' | 'households'
}

// Of a million people and 0.95 million (12.8 s), processor time of each step over 1.7 cores.
const STRETCHES: readonly Stretch[] = [
  { words: 'reading the left list', tables: /_left$/, fixed: 0, per_million: 0.13 },
  { words: 'reading the right list', tables: /_right$/, fixed: 0, per_million: 0.15, of: 'two lists' },
  {
    ...{ words: 'encoding the left list', tables: /^lk_(variety|odd|characters|values|coded|names|rows)_.*left/ },
    ...{ last: /^lk_rows_left$/, fixed: 0, per_million: 1.3 },
  },
  {
    ...{ words: 'encoding the right list', tables: /^lk_(variety|odd|characters|values|coded|names|rows)_.*right/ },
    ...{ last: /^lk_rows_right$/, fixed: 0, per_million: 1.3, of: 'two lists' },
  },
  {
    words: 'comparing random pairs',
    tables: /^lk_(drawn|picked|sample)/,
    last: /^lk_sample_compared_patterns$/,
    fixed: 0.65,
    per_million: 0.05,
  },
  { words: 'counting pairs', tables: /^lk_(seen|rules)/, last: /^lk_rules$/, fixed: 0, per_million: 0.1 },
  { words: 'comparing pairs', tables: /^lk_(pairs|compared)/, last: /^lk_compared$/, fixed: 0.05, per_million: 0.88 },
  {
    words: 'learning from pairs',
    tables: /^lk_(agreement|within|present|terms|given|frequency)/,
    fixed: 0.1,
    per_million: 0.3,
  },
  {
    words: 'weighing pairs',
    tables: /^lk_(compared_weights|scored)/,
    last: /^lk_scored$/,
    fixed: 0,
    per_million: 0.11,
  },
  {
    ...{ words: 'weighing households', tables: /^lk_(first_best|anchors|support|others)/, last: /^lk_supported$/ },
    ...{ fixed: 0, per_million: 0.45, of: 'households' },
  },
  {
    words: 'choosing the best pairs',
    tables: /^lk_(best|remaining|second)/,
    fixed: 0,
    per_million: 0.22,
    of: 'one to one',
  },
  {
    ...{
      words: 'completing households',
      tables: /^lk_(chosen|linked_households|free|completed|doubted|housemates|borne_out)/,
    },
    ...{ fixed: 0.05, per_million: 0.55, of: 'households' },
  },
  { words: 'writing the links', tables: /^lk_(links|clusters)$|_out$/, fixed: 0, per_million: 0.5 },
]

export type RunShape = { two_lists: boolean; one_to_one: boolean; households: boolean }

/** Where a run stands: in words, the share of its time that has gone (0..1), and seconds left where enough is known. */
export type Standing = { words: string; done: number; seconds_left: number | null }

/** Seconds and share from which a run has shown how fast it goes. */
const ENOUGH = { seconds: 2, done: 0.05 }

/**
 * Follows a run from table to table. A table that no stretch names changes nothing: names may come and go in the engine
 * without harm here. `standing` takes seconds since the start.
 */
export function pacer({ two_lists, one_to_one, households }: RunShape) {
  const run = STRETCHES.filter(
    ({ of }) =>
      of === undefined ||
      (of === 'two lists' && two_lists) ||
      (of === 'one to one' && one_to_one) ||
      (of === 'households' && households),
  )
  let [at, since, resumed, millions] = [0, 0, 0, 0.4]
  const rows = new Map<string, number>()
  const usual = ({ fixed, per_million }: Stretch) => fixed + per_million * millions
  const sum = (to: number) => run.slice(0, to).reduce((total, each) => total + usual(each), 0)
  return {
    /** A table is finished; `from_before`: found ready from an earlier run, no time of this one. */
    finished(table: string, count: number, seconds: number, from_before = false): void {
      // the more special names stand later: lk_codes_left is no table of reading
      const found = run.findLastIndex(({ tables }) => tables.test(table))
      if (found < 0 || found < at) return
      if (/^(reading|encoding)/.test(run[found]!.words)) {
        const side = run[found]!.words.includes('left') ? 'left' : 'right'
        rows.set(side, Math.max(rows.get(side) ?? 0, count))
        const known = [...rows.values()].reduce((a, b) => a + b, 0)
        millions = Math.max(1e-4, ((two_lists && rows.size < 2 ? 2 : 1) * known) / 1e6)
      }
      const next = run[found]!.last?.test(table) && found + 1 < run.length ? found + 1 : found
      if (next !== at) since = seconds
      at = next
      if (from_before) resumed = sum(at)
    },
    standing(seconds: number): Standing {
      const total = sum(run.length)
      const here = usual(run[at]!)
      const before = sum(at)
      const pace = before - resumed > 0 && since > 0 ? since / (before - resumed) : 1
      // of the stretch under way: ever less of what is left of it, so that the line never stands nor runs ahead
      const share = 1 - Math.exp(-(seconds - since) / Math.max(here * pace, 1e-3))
      const spent = before + here * Math.min(share, 0.95)
      const done = Math.min(0.99, spent / total)
      const sure = seconds >= ENOUGH.seconds && spent - resumed > ENOUGH.done * total
      const seconds_left = sure ? Math.max(1, Math.round((seconds / (spent - resumed)) * (total - spent))) : null
      return { words: run[at]!.words, done, seconds_left }
    },
  }
}

/** `12 s`, `3 min`, `2 h 05 min`. */
export function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
