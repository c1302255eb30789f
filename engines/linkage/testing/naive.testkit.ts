// The linkage of README.md over each pair of two small lists, for fuzz.test.ts alone: no SQL, no patterns, no shortcuts.
import { priorWeight } from '../model/model.ts'
import type { Comparison, Level, LevelReference, LevelTest, LinkageModel } from '../model/model.ts'
import type { Link, LinkOptions } from '../link.ts'

type Row = Record<string, string | null>

const half = (text: string) => text.toWellFormed()
const fold = (text: string) => half(text).normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ')
const characters = (text: string) => Array.from(text)
const present = (row: Row, column: string) => (row[column] == null || row[column] === '' ? null : half(row[column]))

/** The edit distances by their textbook recursions, over a whole table. */
function edits(a: string[], b: string[], swaps: boolean): number {
  const d = a.map(() => [] as number[])
  const at = (i: number, j: number) => (i < 0 ? j + 1 : j < 0 ? i + 1 : d[i]![j]!)
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) {
      const same = a[i] === b[j] ? 0 : 1
      d[i]![j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      if (swaps && i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j])
        d[i]![j] = Math.min(d[i]![j]!, at(i - 2, j - 2) + 1)
    }
  return at(a.length - 1, b.length - 1)
}

/** Damerau's distance proper: between the two swapped characters others may have come or gone. */
function damerau(a: string[], b: string[]): number {
  const d = a.map(() => [] as number[])
  const at = (i: number, j: number) => (i < 0 ? j + 1 : j < 0 ? i + 1 : d[i]![j]!)
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) {
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i] === b[j] ? 0 : 1))
      for (let k = 0; k < i; k++)
        for (let n = 0; n < j; n++)
          if (a[k] === b[j] && a[i] === b[n]) best = Math.min(best, at(k - 1, n - 1) + (i - k - 1) + 1 + (j - n - 1))
      d[i]![j] = best
    }
  return at(a.length - 1, b.length - 1)
}

function jaroWinkler(a: string[], b: string[], strcmp95: boolean): number {
  const [x, y] = strcmp95 ? [b, a] : [a, b]
  const reach = Math.max(0, Math.floor(Math.max(x.length, y.length) / 2) - 1)
  const taken = new Set<number>()
  const matched = x.flatMap((c, i) => {
    const j = y.findIndex((other, k) => other === c && !taken.has(k) && Math.abs(k - i) <= reach)
    if (j < 0) return []
    taken.add(j)
    return [c]
  })
  if (matched.length === 0) return 0
  const other = y.filter((_, k) => taken.has(k))
  const moved = matched.filter((c, k) => c !== other[k]).length / 2
  const c = matched.length
  const jaro = (c / x.length + c / y.length + (c - (strcmp95 ? Math.floor(moved) : moved)) / c) / 3
  const start = [0, 1, 2, 3].findIndex((k) => a[k] === undefined || a[k] !== b[k])
  const prefix = start < 0 ? 4 : start
  return strcmp95 && jaro <= 0.7 ? jaro : jaro + prefix * 0.1 * (1 - jaro)
}

function dateOf(text: string) {
  const plain = text.normalize('NFKC').trim()
  const found = /^(\d{4})(\d\d)(\d\d)$/.exec(plain) ?? /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain)
  if (!found) return null
  const [y, m, d] = found.slice(1).map(Number) as [number, number, number]
  return m < 1 || m > 12 || d < 1 || d > 31 ? null : { y, m, d, day: Date.UTC(y, m - 1, d) / 86_400_000 }
}

const number = (text: string) => (text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text))
const digitsOf = (text: string) =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
const start = (text: string, n?: number) => (n === undefined ? text : characters(text).slice(0, n).join(''))

/** Names of fixed outcomes fall to the next weaker level that the model lists. */
function listed(levels: Level[], all: string[], outcome: string): number {
  const k = levels.findIndex(({ name }) => all.indexOf(name) >= all.indexOf(outcome))
  return k < 0 ? levels.length - 1 : k
}

function dateOutcome(a: NonNullable<ReturnType<typeof dateOf>>, b: typeof a): string {
  if (a.day === b.day) return 'exact'
  const years = Math.abs(a.y - b.y)
  const first = (x: typeof a) => x.m === 1 && x.d === 1
  if (years === 0 && (first(a) || first(b) || a.m === b.m || a.d === b.d || (a.m === b.d && a.d === b.m))) return 'near'
  if (years > 0 && a.m === b.m && a.d === b.d && (years < 10 || years % 10 === 0)) return 'near'
  const days = Math.abs(a.day - b.day)
  return days >= 17 && days <= 52 ? 'near' : years <= 1 ? 'year' : 'different'
}

function holds(test: LevelTest, l: Row, r: Row): boolean {
  if (test.test === 'reversed') {
    const [x, y] = test.columns
    const [a, b, c, d] = [present(l, x), present(r, y), present(l, y), present(r, x)]
    return a !== null && a === b && c !== null && c === d
  }
  const [a, b] = [present(l, test.column), present(r, test.column)]
  if (a === null || b === null) return false
  const [p, q] = [a.split(''), b.split('')]
  if (test.test === 'equal') return a === b
  if (test.test === 'levenshtein') return edits(p, q, false) <= test.at_most
  if (test.test === 'damerau_levenshtein') return damerau(p, q) <= test.at_most
  if (test.test === 'jaro_winkler') return jaroWinkler(p, q, true) >= test.at_least
  const [n, m] = [number(a), number(b)]
  return n !== null && m !== null && Math.abs(n - m) <= test.at_most
}

/** The level of a pair, -1 where a value is missing. */
function levelOf(comparison: Comparison, l: Row, r: Row): number {
  const { kind, levels, columns } = comparison
  const last = levels.length - 1
  const first = (found: (level: Level) => boolean) => {
    const k = levels.slice(0, last).findIndex(found)
    return k < 0 ? last : k
  }
  if (kind === 'tests') {
    if (!columns.some((column) => present(l, column) !== null && present(r, column) !== null)) return -1
    return first(({ tests }) => tests!.every((test) => holds(test, l, r)))
  }
  const [x, y] = [present(l, columns[0]!), present(r, columns[0]!)]
  if (x === null || y === null) return -1
  if (kind === 'number') {
    const [a, b] = [number(x), number(y)]
    return a === null || b === null ? -1 : first(({ within }) => Math.abs(a - b) <= within!)
  }
  if (kind === 'date') {
    const [a, b] = [dateOf(x), dateOf(y)]
    return a && b ? listed(levels, ['exact', 'near', 'year', 'different'], dateOutcome(a, b)) : -1
  }
  const [a, b] = kind === 'digits' ? [digitsOf(x), digitsOf(y)] : [fold(x), fold(y)]
  if (a === '' || b === '') return -1
  if (kind === 'exact') return a === b ? 0 : 1
  const [p, q] = [characters(a), characters(b)]
  if (kind === 'prefix') return first(({ length }) => start(a, length) === start(b, length))
  if (kind === 'digits') {
    const slip = Math.min(p.length, q.length) >= 5 && edits(p, q, true) === 1
    return listed(levels, ['exact', 'one_edit', 'different'], a === b ? 'exact' : slip ? 'one_edit' : 'different')
  }
  if (a === b) return 0
  return first(
    ({ at_least = 2, max_edits = -1 }) => edits(p, q, true) <= max_edits || jaroWinkler(p, q, false) >= at_least,
  )
}

/** The value whose share counts, as text; null: none. */
function termValue({ kind, levels }: Comparison, row: Row, column: string): string | null {
  const text = present(row, column)
  if (text === null || kind === 'tests') return text
  if (kind === 'date') return dateOf(text) && String(dateOf(text)!.day)
  if (kind === 'digits') return digitsOf(text) || null
  return (kind === 'prefix' ? start(fold(text), levels[0]!.length) : fold(text)) || null
}

function keyOf(row: Row, key: string): string | null {
  const at = key.lastIndexOf(':')
  const [text, how] = [present(row, key.slice(0, at)), key.slice(at + 1)]
  if (text === null) return null
  if (how === 'exact') return text
  if (how === 'text') return fold(text) || null
  if (how === 'digits') return text.normalize('NFKC').replace(/\D/g, '') || null
  if (how === 'code') return digitsOf(text) || null
  if (how === 'prefix1') return start(fold(text), 1) || null
  if (how === 'suffix2') return characters(fold(text)).length < 2 ? null : characters(fold(text)).slice(-2).join('')
  const date = dateOf(text)
  if (how === 'year') return date ? String(date.y) : (/^\d{4}$/.exec(text.trim())?.[0] ?? null)
  if (!date) return null
  if (how === 'month_day') return `${date.m}-${date.d}`
  if (how === 'date') return `${date.y}-${date.m}-${date.d}`
  return `${date.y} ${Math.min(date.m, date.d)} ${Math.max(date.m, date.d)}`
}

type Pair = {
  l: Row
  r: Row
  levels: number[]
  /** Bits without term frequencies, without household, in all. */
  plain: number
  own: number
  weight: number
  support: number
  margin: number
  pass: Link['pass']
}

/** Pairs that lead among all pairs of both their records, with that lead; `one`: both are of one list. */
function leaders(pairs: readonly Pair[], one: boolean): Pair[] {
  return pairs.flatMap((pair) => {
    const rivals = pairs.filter(
      (x) => x !== pair && (x.l === pair.l || x.r === pair.r || (one && (x.l === pair.r || x.r === pair.l))),
    )
    const margin = pair.weight - Math.max(-1e9, ...rivals.map((x) => x.weight))
    return margin >= 0 ? [{ ...pair, margin }] : []
  })
}

const byBytes = (a: Row, b: Row) => Buffer.compare(Buffer.from(half(a.record_id!)), Buffer.from(half(b.record_id!)))

/**
 * The links that a run under this model, learnt or not, gives over records of text. `matches`: how many it expects where
 * it was learnt from best pairs; else all pairs are summed.
 */
export function naiveLinks(
  model: LinkageModel,
  lefts: Row[],
  rights: Row[] | null,
  { matches, ...options }: LinkOptions & { matches?: number },
): Link[] {
  const { accept, review, margin: lead = 3 } = model.thresholds
  const { households: home } = model
  const one_list = rights === null
  const one_to_one = options.one_to_one ?? !one_list
  const least = Math.min(options.least_weight ?? Infinity, review)
  const [left, right] = [lefts, rights ?? lefts].map((rows) => [...rows].sort(byBytes)) as [Row[], Row[]]
  const everybody = one_list ? left : [...left, ...right]
  const is = (levels: number[], references: readonly LevelReference[] = []) =>
    references.some(({ comparison, levels: names }) => {
      const i = model.comparisons.findIndex(({ name }) => name === comparison)
      return names.includes(model.comparisons[i]!.levels[levels[i]!]?.name ?? '')
    })
  const bitsOf = ({ m, u }: Level) => Math.log2(m / u)
  const termBits = (l: Row, r: Row, levels: number[], counts: (c: Comparison) => boolean) =>
    model.comparisons.filter(counts).map((comparison) => {
      const k = levels[model.comparisons.indexOf(comparison)]!
      const column = comparison.kind === 'tests' ? comparison.levels[k]?.term_frequency : comparison.columns[0]
      if (column === undefined || k < 0 || (comparison.kind !== 'tests' && (k > 0 || !comparison.term_frequency)))
        return 0
      const equal = comparison.levels.findIndex(
        ({ tests: [only, ...more] = [] }) => more.length === 0 && only?.test === 'equal' && only.column === column,
      )
      const { u, chance = 1 } = comparison.levels[comparison.kind === 'tests' ? equal : 0]!
      const values = everybody.flatMap((row) => termValue(comparison, row, column) ?? [])
      const share = (row: Row) => {
        const value = termValue(comparison, row, column)
        // of one list, less what the copies of a person make of their own values
        const count = values.filter((x) => x === value).length * (one_list ? chance : 1)
        return value === null ? [] : [(count + 1000 * u) / (values.length + 1000)]
      }
      const shares = [...share(l), ...share(r)]
      return shares.length === 0 ? 0 : Math.log2(u) - Math.log2(Math.max(...shares))
    })
  const compare = (l: Row, r: Row): Pair => {
    const levels = model.comparisons.map((comparison) => levelOf(comparison, l, r))
    let weight = priorWeight(model)
    for (const [i, { levels: of }] of model.comparisons.entries())
      if (levels[i]! >= 0) weight += bitsOf(of[levels[i]!]!)
    const plain = weight
    for (const bits of termBits(l, r, levels, () => true)) weight += bits
    return { l, r, levels, plain, own: weight, weight, support: 0, margin: 1e9, pass: 'pair' }
  }
  const agree = (l: Row, r: Row) =>
    model.blocking_rules.some((rule) => rule.every((key) => keyOf(l, key) !== null && keyOf(l, key) === keyOf(r, key)))
  const pairs = left.flatMap((l, i) =>
    right.filter((r, j) => (!one_list || i < j) && agree(l, r)).map((r) => compare(l, r)),
  )
  // household support lifts a pair by six bits at most: what lies further below is nobody's rival
  const scored = pairs.filter(({ weight }) => weight >= least - 6)
  const vetoed = (pair: Pair) => is(pair.levels, model.vetoes)
  const acceptable = (pair: Pair) => !model.accept_requires?.length || is(pair.levels, model.accept_requires)
  const place = (row: Row) => (row.household_id ? row.household_id : null)
  const size = (rows: Row[], of: string | null) => rows.filter((row) => of !== null && place(row) === of).length
  const both = [left, right].every((rows) => rows.some((row) => place(row) !== null))
  let found: Pair[]
  const borne_out: Pair[] = []
  const free = (from: readonly Pair[], taken: readonly Pair[]) => {
    const used = taken.filter(({ weight }) => weight >= review)
    const touches = (pair: Pair) =>
      used.some((x) => x.l === pair.l || x.r === pair.r || (one_list && (x.l === pair.r || x.r === pair.l)))
    const rest = leaders(
      from.filter((pair) => pair.weight >= review && !touches(pair)),
      one_list,
    )
    return rest.map((pair): Pair => ({ ...pair, pass: 'second' }))
  }
  if (!one_to_one) found = scored
  else if (one_list || !home || !both || options.households === false) {
    const best = leaders(scored, one_list)
    found = [...best, ...free(scored, best)]
  } else {
    const settings = home
    const anchors = leaders(scored, false).filter(
      (x) => x.weight >= settings.anchor && x.margin > 0 && !vetoed(x) && place(x.l) && place(x.r),
    )
    const supported = scored.map((pair) => {
      const [hl, hr] = [place(pair.l), place(pair.r)]
      if (size(left, hl) < 2 || size(right, hr) < 2) return pair
      const others = anchors.filter(
        (x) => place(x.l) === hl && place(x.r) === hr && !(x.l === pair.l && x.r === pair.r),
      )
      const support = Math.min(others.length, settings.max_anchors)
      const bits = settings.support_bits?.[support] ?? settings.bits_per_anchor * support
      return { ...pair, support, weight: pair.own + (vetoed(pair) ? 0 : bits) }
    })
    const best = leaders(supported, false)
    const completed = complete(best)
    const kept = best.filter((pair) => !completed.some((x) => x.l === pair.l || x.r === pair.r))
    found = [...kept, ...completed, ...free(supported, [...best, ...completed])]
    bearOut(best, completed)
  }

  /** Members left over in linked households, under even odds; what a household shares counts for nothing. */
  function complete(best: Pair[]): Pair[] {
    const chosen = best.filter((x) => x.margin > 0 && x.weight >= review)
    const vouching = chosen.filter((x) => x.weight >= home!.anchor && !vetoed(x) && place(x.l) && place(x.r))
    const joined = [...new Set(vouching.map((x) => JSON.stringify([place(x.l), place(x.r)])))].map((text) => {
      const [hl, hr] = JSON.parse(text) as [string, string]
      const own = vouching.filter((x) => place(x.l) === hl && place(x.r) === hr)
      const smaller = Math.min(size(left, hl), size(right, hr))
      const enough = (n: number) => n >= 2 || 2 * n >= smaller
      return { hl, hr, linked: enough(own.length), firm: enough(own.filter((x) => x.weight >= accept).length) }
    })
    const tried = joined
      .filter(({ linked }) => linked)
      .flatMap(({ hl, hr, firm }) => {
        const open = (row: Row) => {
          const partner = chosen.find((x) => x.l === row || x.r === row)
          if (!partner) return true
          return partner.weight < accept && firm && place(partner.l) === hl && place(partner.r) === hr
        }
        const [ls, rs] = [
          left.filter((x) => place(x) === hl && open(x)),
          right.filter((x) => place(x) === hr && open(x)),
        ]
        const odds = Math.log2(0.5 / (Math.max(ls.length, rs.length) - 0.5))
        return ls.flatMap((l) =>
          rs.map((r): Pair => {
            const { levels } = compare(l, r)
            let weight = 0
            for (const [i, { levels: of, shared_in_household }] of model.comparisons.entries())
              if (levels[i]! >= 0 && !shared_in_household) weight += bitsOf(of[levels[i]!]!)
            weight += odds
            for (const bits of termBits(l, r, levels, (c) => !c.shared_in_household)) weight += bits
            return { l, r, levels, plain: weight, own: weight, weight, support: 0, margin: 0, pass: 'household' }
          }),
        )
      })
    return leaders(
      tried.filter((x) => x.weight >= review + 1 && !vetoed(x) && !is(x.levels, home!.vetoes)),
      false,
    )
  }

  /** Pairs without what is asked for whom the household vouches, and nobody there to take for one of the two. */
  function bearOut(best: Pair[], completed: Pair[]): void {
    const chosen = [...best, ...completed].filter((x) => x.margin > 0 && x.weight >= accept)
    const sure = chosen.filter(acceptable)
    const required = model.accept_requires ?? []
    const fully = required.map(({ comparison, levels }) => ({ comparison, levels: levels.slice(0, 1) }))
    for (const pair of chosen) {
      if (acceptable(pair) || vetoed(pair) || !is(pair.levels, home!.second_evidence)) continue
      if (pair.pass === 'pair' && pair.support === 0) continue
      const rival = (mate: Row, levels: number[]) =>
        is(levels, fully) || (!sure.some((x) => x.l === mate || x.r === mate) && is(levels, required))
      const mates = (rows: Row[], of: Row) =>
        rows.filter((x) => x !== of && place(x) !== null && place(x) === place(of))
      if (mates(right, pair.r).some((mate) => rival(mate, compare(pair.l, mate).levels))) continue
      if (mates(left, pair.l).some((mate) => rival(mate, compare(mate, pair.r).levels))) continue
      borne_out.push(pair)
    }
  }

  const shown = found.filter(({ weight }) => weight >= least)
  const expected = matches ?? pairs.reduce((sum, { plain }) => sum + 1 / (1 + 2 ** -plain), 0)
  const unmatched = one_to_one ? Math.min(1, Math.max(0.01, 1 - expected / Math.max(left.length, right.length))) : 1
  const links = shown.map((pair): Link => {
    const { l, r, levels, weight, margin, pass } = pair
    const out = borne_out.some((x) => x.l === l && x.r === r)
    const doubt = vetoed(pair)
      ? 'veto'
      : margin === 0
        ? 'tie'
        : pass === 'second'
          ? 'second_choice'
          : margin < lead
            ? 'close_rival'
            : acceptable(pair) || out
              ? null
              : 'needs_second_evidence'
    return {
      ...{ left_id: half(l.record_id!), right_id: half(r.record_id!), match_weight: weight, levels, doubt, pass },
      band: weight < review ? 'reject' : weight < accept || doubt ? 'review' : 'accept',
      match_probability: 1 / (1 + 2 ** -margin + (pass === 'pair' ? unmatched : 1) * 2 ** -weight),
      support: pair.support,
      support_weight: weight - pair.own,
      margin: margin > 1e6 ? null : margin,
    }
  })
  const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  return links.sort((a, b) => order(a.left_id, b.left_id) || order(a.right_id, b.right_id))
}
