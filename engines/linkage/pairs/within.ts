import type { EncodedRecords } from './encode.ts'
import type { LinkageModel } from '../model/model.ts'
import { readColumns } from '../session/session.ts'
import type { Session } from '../session/session.ts'

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
export async function agreementWithin(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  counts: { agreeing: readonly number[]; compared: readonly number[]; most_matches: number },
): Promise<Within[]> {
  const { agreeing, compared, most_matches } = counts
  const rate = (c: number) => (compared[c]! > 0 ? agreeing[c]! / compared[c]! : 0)
  const slot = (c: number) => encoded.comparisons[c]!.sql.keys[0]
  const found: Within[] = []
  for (const [c, comparison] of model.comparisons.entries()) {
    const adjusted = comparison.term_frequency || comparison.levels[0]!.term_frequency
    if (!slot(c) || adjusted || agreeing[c]! < 1.25 * most_matches || rate(c) > COMMONPLACE) continue
    const others = [...model.comparisons.keys()].filter((d) => d !== c && slot(d) && rate(d) > rate(c))
    if (others.length === 0) continue
    const step = Math.ceil(agreeing[c]! / PAIRS_SEEN)
    const side = (name: string) =>
      `(select id, ${slot(c)} as v, ${others.map((d) => `${slot(d)} as o${d}`).join(', ')} from lk_codes_${name}
  where ${slot(c)} is not null and hash(${slot(c)}) % ${step} = 0 qualify count(*) over (partition by ${slot(c)}) <= ${MOST_SHARING})`
    const tell = others.flatMap((d) => [
      `(count(*) filter (l.o${d} is not null and r.o${d} is not null))::double as n${d}`,
      `(count(*) filter (l.o${d} = r.o${d}))::double as y${d}`,
    ])
    await session.step(
      `within_${c}`,
      `select ${tell.join(', ')} from ${side('left')} l join ${side(encoded.dedupe ? 'left' : 'right')} r using (v)${encoded.dedupe ? ' where l.id < r.id' : ''}`,
    )
    const row = (await readColumns(session.connection, `select * from lk_within_${c}`)).map((column) =>
      Number(column[0]),
    )
    await session.drop(`within_${c}`)
    // at most this share of those who agree are matches, who agree on everything
    const matches = most_matches / agreeing[c]!
    let best: Within | null = null
    for (const [i, other] of others.entries()) {
      const [both, same] = [row[2 * i]!, row[2 * i + 1]!]
      const strangers = (same / both - matches) / (1 - matches)
      const factor = strangers / rate(other)
      if (both >= 100 && strangers >= MOSTLY && factor > (best?.factor ?? 2)) best = { comparison: c, other, factor }
    }
    if (best) found.push(best)
  }
  return found
}
