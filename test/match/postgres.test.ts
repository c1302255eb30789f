import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { link } from '#engines/linkage/link.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { latinPersonModel } from '#engines/linkage/models/latin-person.ts'
import { frequencyRows, levelRows, postgresFunctions, postgresScoring } from '#engines/linkage/postgres/levels.ts'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { score } from '#engines/linkage/score.ts'
import type { ScoredPair } from '#engines/linkage/score.ts'
import type { TermFrequencies } from '#engines/linkage/learn/bits.ts'
import { emptyDatabase } from '#registry/testing/testing.ts'

type Row = Record<string, string | null>
type Scored = Pick<ScoredPair, 'match_weight' | 'match_probability' | 'band' | 'levels'>

let database: Awaited<ReturnType<typeof emptyDatabase>>
let client: Client
beforeAll(async () => {
  database = await emptyDatabase()
  client = new Client({ connectionString: database.options.database_url })
  await client.connect()
  await client.query(postgresFunctions())
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** A temporary table of text columns (or of the types given). */
async function table(name: string, rows: readonly object[], types: Record<string, string> = {}) {
  const columns = Object.keys({ ...rows[0], ...types })
  const list = columns.map((column) => `"${column}" ${types[column] ?? 'text'}`).join(', ')
  await client.query(`drop table if exists ${name}; create temp table ${name} (${list})`)
  await client.query(`insert into ${name} select * from jsonb_populate_recordset(null::${name}, $1::jsonb)`, [
    JSON.stringify(rows),
  ])
}

async function inPostgres(
  model: LinkageModel,
  left: readonly Row[],
  right: readonly Row[],
  pairs: readonly { left: Row; right: Row }[],
  frequencies: TermFrequencies,
): Promise<Scored[]> {
  await table('lefts', left)
  await table('rights', right)
  await table(
    'pairs',
    pairs.map((pair) => ({ left_id: pair.left.record_id, right_id: pair.right.record_id })),
  )
  const array = { left_value: 'text[]', right_value: 'text[]', level: 'int', comparison: 'text' }
  await table('levels', levelRows(model, pairs), { ...array, left_term: 'text', right_term: 'text' })
  await table('frequencies', frequencyRows(model, frequencies), { term: 'text', value: 'text', bits: 'float8' })
  const sql = postgresScoring(model, {
    left: 'lefts',
    right: 'rights',
    pairs: 'pairs',
    levels: 'levels',
    frequencies: 'frequencies',
  })
  const { rows } = await client.query<Scored & { left_id: string; right_id: string }>(sql)
  const by_pair = new Map(rows.map((row) => [`${row.left_id} ${row.right_id}`, row]))
  return pairs.map((pair) => by_pair.get(`${pair.left.record_id} ${pair.right.record_id}`)!)
}

function expectEqual(found: readonly Scored[], wanted: readonly Scored[]) {
  expect(found.length).toBe(wanted.length)
  for (const [i, pair] of wanted.entries()) {
    expect([...found[i]!.levels]).toEqual(pair.levels)
    expect(Math.abs(found[i]!.match_weight - pair.match_weight)).toBeLessThan(1e-9)
    expect(found[i]!.match_probability).toBeCloseTo(pair.match_probability, 12)
    expect(found[i]!.band).toBe(pair.band)
  }
}

/** A small generator of its own: the same pairs in every run. */
function dice(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return {
    below: (n: number) => Math.floor(next() * n),
    one: <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!,
  }
}

/** Values that try the edges: slips, swaps, other scripts, widths, case, blanks, what is no date and no number. */
function randomRecords(seed: number, size: number, prefix: string): Row[] {
  const { below, one } = dice(seed)
  const names = ['Kowalska', 'KOWALSKA ', 'Kowalski', 'Kovalska', 'Müller', 'Mueller', 'MÜLLER', 'ΣΊΣΥΦΟΣ', 'σίσυφος']
  const more = ['Żółć', 'żółć', '王小明', '王小朋', '王　小明', 'Ｗａｎｇ', 'wang', 'İstanbul', 'Straße', 'a', '', null]
  const slip = (text: string | null) => {
    if (text === null || text.length < 2 || below(3) > 0) return text
    const at = below(text.length - 1)
    const [a, b, rest] = [text.slice(0, at), text.slice(at, at + 2), text.slice(at + 2)]
    return one([a + b[1]! + b[0]! + rest, a + b[1]! + rest, `${a}x${b}${rest}`, `${a}x${b[1]}${rest}`])
  }
  const day = () => {
    const [y, m, d] = [1950 + below(12), 1 + below(12), 1 + below(31)]
    const two = (n: number) => String(n).padStart(2, '0')
    return one([
      `${y}-${two(m)}-${two(d)}`,
      `${y}${two(m)}${two(d)}`,
      `${y}年${m}月${d}日`,
      ` ${y}/${m}/${d} `,
      `${y}-01-01`,
    ])
  }
  return Array.from({ length: size }, (_, i) => ({
    record_id: `${prefix}${i}`,
    name: slip(one([...names, ...more])),
    born: one([day(), day(), day(), day(), 'unknown', '1960-13-01', null]),
    phone: one([slip('13800138000'), slip('0791-8812 345'), '１３８００１３８０００', '12', null]),
    area: one(['360781107001', '360781107002', '360781', '36', '42010', null]),
    age: one([String(below(90)), `${below(90)}.5`, ' 7 ', '-3', '1e1', 'old', '']),
    plain: slip(one(['martha', 'marhta', 'dwayne', 'duane', 'jellyfish', 'smellyfish', 'ca', 'abc', null])),
    other: slip(one(['martha', 'duane', 'ca', null])),
  }))
}

const levels = (...named: object[]) =>
  named.map((level, i) => ({ name: `level_${i}`, m: 0.6 / (i + 1), u: 0.01 * (i + 1), ...level }))
const fixed = (...names: string[]) => levels(...names.map((name) => ({ name })))

/** Every kind that PostgreSQL compares itself, with levels left out here and there. */
const every: LinkageModel = {
  format: 'linkage-model/1',
  name: 'every_kind',
  comparisons: [
    { name: 'same', columns: ['name'], kind: 'exact', term_frequency: true, levels: fixed('exact', 'different') },
    {
      name: 'written',
      columns: ['name'],
      kind: 'text',
      term_frequency: true,
      levels: levels({}, { max_edits: 1 }, { at_least: 0.9, max_edits: 2 }, { at_least: 0.75 }, {}),
    },
    {
      name: 'born',
      columns: ['born'],
      kind: 'date',
      term_frequency: true,
      levels: fixed('exact', 'near', 'year', 'different'),
    },
    { name: 'born_or_not', columns: ['born'], kind: 'date', levels: fixed('exact', 'different') },
    { name: 'phone', columns: ['phone'], kind: 'digits', levels: fixed('exact', 'one_edit', 'different') },
    {
      name: 'area',
      columns: ['area'],
      kind: 'prefix',
      term_frequency: true,
      levels: levels({ length: 12 }, { length: 6 }, {}),
    },
    { name: 'age', columns: ['age'], kind: 'number', levels: levels({}, { within: 2.5 }, { within: 10 }, {}) },
    {
      name: 'tested',
      columns: ['plain', 'other', 'age'],
      kind: 'tests',
      levels: levels(
        { tests: [{ test: 'equal', column: 'plain' }], term_frequency: 'plain' },
        { tests: [{ test: 'reversed', columns: ['plain', 'other'] }] },
        {
          tests: [
            { test: 'damerau_levenshtein', column: 'plain', at_most: 1 },
            { test: 'within', column: 'age', at_most: 20 },
          ],
        },
        { tests: [{ test: 'levenshtein', column: 'plain', at_most: 2 }], term_frequency: 'plain' },
        { tests: [{ test: 'damerau_levenshtein', column: 'other', at_most: 2 }] },
        { tests: [{ test: 'jaro_winkler', column: 'plain', at_least: 0.7 }] },
        {},
      ),
    },
  ] as LinkageModel['comparisons'],
  blocking_rules: [['name']],
  prior: 0.01,
  thresholds: { accept: 8, review: 0 },
  accept_requires: [{ comparison: 'written', levels: ['level_0', 'level_1'] }],
  vetoes: [{ comparison: 'age', levels: ['level_3'] }],
}

describe('the same model inside PostgreSQL', () => {
  it('weighs random pairs of every kind as JavaScript does', async () => {
    const [left, right] = [randomRecords(1, 70, 'l'), randomRecords(2, 70, 'r')]
    const pairs = left.flatMap((a) => right.map((b) => ({ left: a, right: b })))
    const frequencies: TermFrequencies = {
      same: new Map([['müller', 0.3]]),
      written: new Map([
        ['müller', 0.2],
        ['王小明', 0.00001],
      ]),
      born: new Map([['-3653', 0.1]]),
      area: new Map([['360781107001', 0.4]]),
      'tested.plain': new Map([
        ['martha', 0.3],
        ['marhta', 0.01],
      ]),
    }
    const wanted = score(pairs, every, frequencies)
    expectEqual(await inPostgres(every, left, right, pairs, frequencies), wanted)
    // the comparison is worth nothing if the pairs reach few levels
    const reached = every.comparisons.map((_, i) => new Set(wanted.map((pair) => pair.levels[i])))
    expect(reached.map((set) => set.size)).toEqual(every.comparisons.map((c) => c.levels.length + 1))
    expect(new Set(wanted.map((pair) => pair.band)).size).toBe(3)
  })

  it('weighs the candidates of a DuckDB run as that run did: Chinese names, numbers, places', async () => {
    const { left, right } = sampleCountryside(60, 3)
    const run = await link({ left, right }, chinesePersonModel(), { one_to_one: false, least_weight: -99 })
    const by_id = (rows: readonly object[]) => new Map((rows as Row[]).map((row) => [row.record_id!, row]))
    const [lefts, rights] = [by_id(left), by_id(right)]
    const pairs = run.links.map((x) => ({ left: lefts.get(x.left_id)!, right: rights.get(x.right_id)! }))
    expect(pairs.length).toBe(run.counts.pairs)
    const found = await inPostgres(run.model, [...lefts.values()], [...rights.values()], pairs, run.frequencies)
    expectEqual(found, run.links)
    expect(run.links.filter((x) => x.band === 'accept').length).toBeGreaterThan(100)
  })

  it('needs no levels from JavaScript for names in Latin letters', async () => {
    const model = latinPersonModel({ given_name: 'name', surname: 'plain', birth_date: 'born', phone: 'phone' })
    const [left, right] = [randomRecords(5, 40, 'l'), randomRecords(6, 40, 'r')]
    const pairs = left.flatMap((a) => right.map((b) => ({ left: a, right: b })))
    expect(levelRows(model, pairs)).toEqual([])
    expectEqual(await inPostgres(model, left, right, pairs, {}), score(pairs, model))
  })

  it('gives no weight to a pair whose levels are not there, and will not do without them', async () => {
    const { left, right } = sampleCountryside(2, 3)
    const model = chinesePersonModel()
    const input = { left: 'lefts', right: 'rights', pairs: 'pairs' }
    expect(() => postgresScoring(model, input)).toThrow('name, person need levels')
    await table('lefts', left)
    await table('rights', right)
    await table('pairs', [{ left_id: left[0]!.record_id, right_id: right[0]!.record_id }])
    await table('levels', [], {
      comparison: 'text',
      left_value: 'text[]',
      right_value: 'text[]',
      level: 'int',
      left_term: 'text',
      right_term: 'text',
    })
    const { rows } = await client.query(postgresScoring(model, { ...input, levels: 'levels' }))
    expect(rows).toMatchObject([{ match_weight: null, band: null }])
  })
})
