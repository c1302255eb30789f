import type { Drafted } from './draft.ts'

export type DraftRule = { rule: string[]; pairs: number }

/** A rule may make so many pairs for each record of the longer list. */
const PAIRS_A_RECORD = 20
/** Few lists are too short for the limit to mean anything. */
const LEAST_LIMIT = 20_000
const MOST_RULES = 8
/** Letters at the beginning of a text by which it is met where nothing else brings two together. */
const PREFIXES = [12, 8, 5]
/** A text that a record shares with at most so many others by chance tells people apart alone: a street with its number. */
const RARE = 2

type Key = { written: string; sql: string; column: string; shared: boolean }

/**
 * Blocking rules that make few pairs, by count: first those of one column that tell people apart, then a name with
 * another name, then a name with the year of birth. No rule of nothing but what households share, wholly or in
 * part: its pairs are the family's, and may outnumber the matches that are learnt from.
 */
export async function rulesOf(
  drafted: readonly Drafted[],
  records: number,
  count: (keys: readonly string[]) => Promise<number>,
): Promise<DraftRule[]> {
  const limit = Math.max(LEAST_LIMIT, PAIRS_A_RECORD * records)
  const keyOf = ({ column, content, comparison, key, digits }: Drafted): Key => {
    const shared = Boolean(comparison.shared_in_household ?? comparison.shared_from_level === 'exact')
    const plain = digits ? ':digits' : ':code'
    const transform = content === 'national_id' ? ':gb11643' : content === 'code' ? plain : ''
    return { written: `${column}${transform}`, sql: key, column, shared }
  }
  const of = (...contents: Drafted['content'][]) =>
    drafted.filter(({ content }) => contents.includes(content)).map(keyOf)
  const years = drafted
    .filter(({ content }) => content === 'date')
    .map(({ column, key }) => ({
      written: `${column}:year`,
      sql: `nullif(regexp_extract(${key}, '\\d{4}'), '')`,
      column,
      shared: false,
    }))
  const born = [...years, ...of('year')]
  const names = of('name', 'chinese_name')
  const pairsOf = (a: Key[], b: Key[]) => a.flatMap((x) => b.flatMap((y) => (x.column === y.column ? [] : [[x, y]])))
  const candidates = [
    ...of('national_id', 'code', 'email', 'date').map((key) => [key]),
    ...drafted
      .filter(({ content, chance }) => content === 'name' && chance * records <= RARE)
      .map((each) => [keyOf(each)]),
    ...names.flatMap((x, i) => names.slice(i + 1).map((y) => [x, y])),
    ...pairsOf(names, of('code')),
    ...pairsOf(names, born),
    ...pairsOf(names, of('group')),
    ...names.map((key) => [key]),
  ]
  const rules: DraftRule[] = []
  for (const keys of candidates) {
    if (rules.length >= MOST_RULES || keys.every(({ shared }) => shared)) continue
    const written = keys.map((key) => key.written)
    // what a wider rule makes anyway: a date alone holds all of its year and names too
    if (rules.some(({ rule }) => rule.every((key) => written.includes(key)))) continue
    const pairs = await count(keys.map(({ sql }) => sql))
    if (pairs > 0 && pairs <= limit) rules.push({ rule: written, pairs })
  }
  if (rules.length > 0) return rules
  // titles that are never written twice alike: by how they begin
  for (const length of PREFIXES) {
    for (const { written, sql, column } of names) {
      if (rules.some(({ rule }) => rule[0]!.startsWith(`${column}:`))) continue
      const pairs = await count([`case when length(${sql}) >= ${length} then left(${sql}, ${length}) end`])
      if (pairs > 0 && pairs <= limit) rules.push({ rule: [`${written}:prefix${length}`], pairs })
    }
  }
  return rules
}
