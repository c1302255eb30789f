import { writeFile } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { LinkageError } from '#engines/linkage/errors.ts'
import type { LinkageProblem } from '#engines/linkage/errors.ts'
import { needColumns, openFile, readable } from '#engines/linkage/files/files.ts'
import type { OpenFile } from '#engines/linkage/files/files.ts'
import { DEFAULT_HOUSEHOLDS } from '#engines/linkage/model/model.ts'
import type { Comparison, LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { readModel } from '#engines/linkage/model/schema.ts'
import { quote, readColumns } from '#engines/linkage/session/session.ts'
import { tidied } from '#engines/linkage/files/tidy.ts'
import { comparisonOf, guessOf } from './kinds.ts'
import type { Content, Profile } from './kinds.ts'
import { rulesOf } from './rules.ts'
import type { DraftRule } from './rules.ts'
import { notKnown, optionsFor, report } from './told.ts'
import { withDuckDb } from '../inputs.ts'
import { sameList } from './same-list.ts'
import type { InputOptions } from '../inputs.ts'

export type DraftOptions = Omit<InputOptions, 'model'> & { out: string }

/** So many values of a column are looked at; everything else is counted. */
const LOOKED_AT = 2000

/** A column that is compared, with the SQL of the key by which equality of it is counted. */
export type Drafted = {
  column: string
  content: Content
  comparison: Comparison
  /** Share of random pairs that agree on it. */
  chance: number
  key: string
  /** No value has letters: a telephone, and no postcode. */
  digits: boolean
}

type Lists = { left: OpenFile; right: OpenFile | undefined }
const numbers = async (connection: DuckDBConnection, sql: string) =>
  (await readColumns(connection, sql)).map((column) => (column[0] === null ? null : Number(column[0])))

async function profileOf(connection: DuckDBConnection, { left, right }: Lists, column: string, id: string) {
  const value = `nullif(trim(${quote(column)}::varchar), '')`
  const seen = await Promise.all(
    [left, ...(right ? [right] : [])].map(async ({ relation }) => {
      const [records, filled, distinct] = await numbers(
        connection,
        `select count(*)::double, count(${value})::double, count(distinct ${value})::double from ${relation}`,
      )
      const sql = `select ${value} from ${relation} where ${value} is not null order by hash(${quote(id)}::varchar) limit ${LOOKED_AT}`
      const [values] = await readColumns(connection, sql)
      const [types] = await readColumns(connection, `select typeof(${quote(column)}) from ${relation} limit 1`)
      return {
        records: records!,
        filled: filled!,
        distinct: distinct!,
        values: values!.map(String),
        type: String(types![0]),
      }
    }),
  )
  const [fewest] = seen.toSorted((a, b) => a.filled / a.records - b.filled / b.records)
  const profile: Profile = {
    column,
    values: seen.flatMap(({ values }) => values),
    filled: fewest!.filled,
    records: fewest!.records,
    distinct: Math.min(...seen.map(({ distinct }) => distinct)),
    numeric:
      /INT|DOUBLE|FLOAT|DECIMAL/.test(seen[0]!.type) ||
      seen.every(({ values }) => values.every((each) => /^-?\d+([.,]\d+)?$/.test(each))),
  }
  return profile
}

/** Equality as the comparison sees it, near enough to count by. */
const keyOf = (content: Content, column: string) =>
  content === 'code' || content === 'national_id'
    ? `nullif(regexp_replace(upper(${quote(column)}::varchar), '[^0-9A-Z]', '', 'g'), '')`
    : `nullif(lower(trim(${quote(column)}::varchar)), '')`

/** That two records drawn at random agree, and that two of one household do; null without households. */
async function agreement(connection: DuckDBConnection, lists: Lists, key: string, household: string | null) {
  const { left, right } = lists
  const groups = (relation: string) =>
    `(select ${key} as k, count(*)::double as n from ${relation} group by 1 having k is not null)`
  const [chance] = await numbers(
    connection,
    right
      ? `select (select sum(l.n * r.n) from ${groups(left.relation)} l join ${groups(right.relation)} r using (k)) /
  nullif((select sum(n) from ${groups(left.relation)}) * (select sum(n) from ${groups(right.relation)}), 0)`
      : `select sum(n * (n - 1)) / nullif(sum(n) * (sum(n) - 1), 0) from ${groups(left.relation)}`,
  )
  if (household === null) return { chance: chance ?? 0, within: null }
  const house = quote(household)
  const [within] = await numbers(
    connection,
    `select sum(same) / nullif(sum(total * (total - 1)), 0) from (
  select h, sum(n * (n - 1)) as same, sum(n) as total from (
    select ${house}::varchar as h, ${key} as k, count(*)::double as n from ${left.relation} group by 1, 2 having k is not null and h is not null
  ) group by h)`,
  )
  return { chance: chance ?? 0, within: within ?? null }
}

/** Names of comparisons: of the column's letters where it has Latin ones. */
function namer() {
  const taken = new Set<string>()
  return (column: string, content: Content) => {
    const letters = column
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '')
    const base = /^[a-z]/.test(letters) ? letters : content
    let name = base
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`
    taken.add(name)
    return name
  }
}

/** Number, birth date and sex of a Chinese citizen are one piece of evidence: the number holds the other two. */
function comparisonsOf(drafted: readonly Drafted[]): Comparison[] {
  const parts = (['national_id', 'date', 'sex'] as const).map((content) =>
    drafted.filter((each) => each.content === content),
  )
  const all = drafted.map(({ comparison }) => comparison)
  if (parts.some((found) => found.length !== 1)) return all
  const [number, date, sex] = parts.map((found) => found[0]!)
  const columns = { national_id: number!.column, birth_date: date!.column, sex: sex!.column }
  const made = chinesePersonModel(columns).comparisons.find(({ kind }) => kind === 'person_id')!
  const rest = all.filter((each) => ![number, date, sex].some((part) => part!.comparison === each))
  const free = rest.some(({ name }) => name === made.name) ? `${made.name}_id` : made.name
  return [
    { ...made, name: free, note: 'a number that holds birth date and sex: the three are one piece of evidence' },
    ...rest,
  ]
}

/** `doorstep link draft`: a first model of lists nobody has described, to be read and mended by who knows them. */
export async function draftCommand(options: DraftOptions): Promise<void> {
  await withDuckDb(options, async (connection, scratch) => {
    const opened: OpenFile[] = []
    const problems: LinkageProblem[] = await sameList(options.left, options.right)
    const list = async (path: string, rename: Record<string, string> = {}) => {
      const file = await openFile(connection, path, { encoding: options.encoding, rename, scratch })
      opened.push(file)
      needColumns(path, file.columns, [options.id])
      const columns = file.columns.filter((name) => name !== options.id)
      const tidy = await readable(path, () => tidied(connection, { ...file, path }, { columns }))
      problems.push(...tidy.problems)
      return tidy.file
    }
    try {
      const left = await list(options.left, options.renameLeft)
      const right = options.right ? await list(options.right, options.renameRight) : undefined
      const paths = [options.left, options.right].filter(Boolean).join(' or ')
      const found = await readable(paths, () => draftOf(connection, { left, right }, options))
      await writeFile(options.out, `${JSON.stringify(found.model, null, 2)}\n`, { flag: 'wx' })
      report({ ...found, problems }, options)
    } finally {
      for (const file of opened) await file.close()
    }
  })
}

export type LeftOut = { column: string; why: string }
export type Draft = {
  model: LinkageModel
  left_out: LeftOut[]
  rules: DraftRule[]
  reading: [string, string][]
  households: boolean
  /** What the values alone do not tell, in words. */
  not_known: string[]
}

async function draftOf(connection: DuckDBConnection, lists: Lists, options: DraftOptions): Promise<Draft> {
  const { left, right } = lists
  const { id, household } = options
  const columns = left.columns.filter((name) => name !== id && name !== household)
  const left_out: LeftOut[] = [
    ...columns
      .filter((name) => right && !right.columns.includes(name))
      .map((column) => ({ column, why: `${options.right} has no such column (--rename-right its_name=${column})` })),
    ...(right?.columns ?? [])
      .filter((name) => !left.columns.includes(name) && name !== id && name !== household)
      .map((column) => ({ column, why: `${options.left} has no such column` })),
  ]
  const house = left.columns.includes(household) ? household : null
  const households = house !== null && Boolean(right?.columns.includes(household))
  const profiles = new Map<string, Profile>()
  const drafted: Drafted[] = []
  const name = namer()
  for (const column of columns.filter((each) => !right || right.columns.includes(each))) {
    const profile = await profileOf(connection, lists, column, id)
    profiles.set(column, profile)
    const { content, why } = guessOf(profile)
    if (content === null) {
      left_out.push({ column, why })
      continue
    }
    const key = keyOf(content, column)
    const measured = await agreement(connection, lists, key, house)
    const comparison = comparisonOf(content, { name: name(column, content), column, why, ...measured })
    const digits = profile.values.every((value) => !/\p{L}/u.test(value))
    drafted.push({ column, content, comparison, chance: measured.chance, key, digits })
  }
  const [records] = await numbers(connection, `select count(*)::double from ${left.relation}`)
  const [others] = right ? await numbers(connection, `select count(*)::double from ${right.relation}`) : [records]
  const longest = Math.max(records!, others!)
  const rules = await rulesOf(drafted, longest, async (keys) => {
    const groups = (relation: string) =>
      `(select ${keys.map((key, i) => `${key} as k${i}`).join(', ')}, count(*)::double as n from ${relation} group by ${keys.map((_, i) => i + 1).join(', ')} having ${keys.map((_, i) => `k${i} is not null`).join(' and ')})`
    // not `group by all`: DuckDB then groups by the columns that HAVING's names stand for, the whole date and not its year
    const using = keys.map((_, i) => `k${i}`).join(', ')
    const sql = right
      ? `select sum(l.n * r.n) from ${groups(left.relation)} l join ${groups(right.relation)} r using (${using})`
      : `select sum(n * (n - 1) / 2) from ${groups(left.relation)}`
    return (await numbers(connection, sql))[0] ?? 0
  })
  if (drafted.length === 0 || rules.length === 0) {
    const why = left_out.map((each) => `${each.column}: ${each.why}`).join('; ')
    const what = drafted.length === 0 ? 'No column can be compared' : 'No key makes pairs, and few enough of them'
    throw new LinkageError('linkage_no_usable_rule', `${what}${why ? ` (${why})` : ''}.`, { left_out })
  }
  const model = readModel({
    format: 'linkage-model/1',
    name: 'draft',
    comparisons: comparisonsOf(drafted),
    blocking_rules: rules.map(({ rule }) => rule),
    prior: Number((1 / longest).toPrecision(2)),
    thresholds: { accept: 10, review: 0, margin: 3 },
    ...(households ? { households: DEFAULT_HOUSEHOLDS } : {}),
  })
  return {
    model,
    left_out,
    rules,
    reading: optionsFor(drafted, profiles),
    households,
    not_known: notKnown(drafted, profiles),
  }
}
