import { at } from '../at.ts'
import type { Run } from './encode.ts'
import { readRow } from '../session/read.ts'

/**
 * Strangers who agree on one comparison and thereby nearly always on another: a telephone with its village. `factor` is
 * how much more often they agree on the other than random pairs do.
 */
export type Within = { comparison: number; other: number; factor: number }

/** Pairs that are looked at for one comparison. */
const PAIRS_SEEN = 20_000
/** Records that share a value which is held to be no value ("none"): their pairs are not made. */
const MOST_SHARING = 200
/** From this share of pairs up agreement is commonplace, and what comes with it is not counted twice by much. */
const COMMONPLACE = 0.01
/** Least share of strangers that must agree on the other too. */
const MOSTLY = 0.5

/**
 * Naive sums count twice what always comes together by chance: people who share a telephone live in one house, so that
 * their village adds nothing. For the best level of each comparison that mostly strangers reach, the comparison that
 * comes with it most surprisingly, by pairs that share a sampled value. Comparisons with term frequencies are left as
 * they are, those whose agreement may be the matches' own too; less than twice as often is left alone. `agreeing` and
 * `compared`: pairs that agree on the best level of each comparison, and pairs that have it.
 */
export async function agreementWithin(run: Run, counts: Counts): Promise<Within[]> {
  const all = run.model.comparisons.map((comparison, index): Agreement => {
    const [agreeing, compared] = [at(counts.agreeing, index), at(counts.compared, index)]
    const slot = at(run.encoded.comparisons, index).sql.keys[0] ?? null
    const adjusted = Boolean(comparison.term_frequency || comparison.levels[0]?.term_frequency)
    return { index, slot, adjusted, agreeing, rate: compared > 0 ? agreeing / compared : 0 }
  })
  const found: Within[] = []
  for (const one of all) {
    if (one.adjusted || one.agreeing < 1.25 * counts.most_matches || one.rate > COMMONPLACE) continue
    const others = all.filter((other) => other !== one && other.slot !== null && other.rate > one.rate)
    if (one.slot === null || others.length === 0) continue
    const shared = await countShared(run, { ...one, slot: one.slot }, others)
    const best = mostSurprising(shared, counts.most_matches / one.agreeing)
    if (best) found.push({ comparison: one.index, ...best })
  }
  return found
}

type Counts = { agreeing: readonly number[]; compared: readonly number[]; most_matches: number }

/** How often the records of one comparison agree on its best level. `slot`: where its value stands; null for none. */
type Agreement = { index: number; slot: string | null; adjusted: boolean; agreeing: number; rate: number }

/** Pairs that share a value of one comparison: those that have the other too, and those that agree on it. */
type Shared = { other: Agreement; both: number; same: number }

async function countShared(
  { session, encoded }: Run,
  { index, slot, agreeing }: Agreement & { slot: string },
  others: readonly Agreement[],
): Promise<Shared[]> {
  const step = Math.ceil(agreeing / PAIRS_SEEN)
  const side = (name: string) =>
    `(select id, ${slot} as v, ${others.map((other) => `${other.slot} as o${other.index}`).join(', ')} from lk_codes_${name}
  where ${slot} is not null and hash(${slot}) % ${step} = 0 qualify count(*) over (partition by ${slot}) <= ${MOST_SHARING})`
  const counts = others.flatMap(({ index: d }) => [
    `(count(*) filter (l.o${d} is not null and r.o${d} is not null))::double as n${d}`,
    `(count(*) filter (l.o${d} = r.o${d}))::double as y${d}`,
  ])
  await session.step(
    `within_${index}`,
    `select ${counts.join(', ')} from ${side('left')} l join ${side(encoded.dedupe ? 'left' : 'right')} r using (v)${encoded.dedupe ? ' where l.id < r.id' : ''}`,
  )
  const row = await readRow(session.connection, `select * from lk_within_${index}`)
  await session.drop(`within_${index}`)
  return others.map((other, i) => ({ other, both: row.number(2 * i), same: row.number(2 * i + 1) }))
}

/** `matches`: the share of those who agree who are matches at most, who agree on everything. */
function mostSurprising(shared: readonly Shared[], matches: number): { other: number; factor: number } | null {
  let best: { other: number; factor: number } | null = null
  for (const { other, both, same } of shared) {
    const strangers = (same / both - matches) / (1 - matches)
    const factor = strangers / other.rate
    if (both < 100 || strangers < MOSTLY || factor <= (best?.factor ?? 2)) continue
    best = { other: other.index, factor }
  }
  return best
}
