import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { comparerOf } from './comparers.ts'
import { link } from '../link.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { CHARACTER_COLUMNS, PARTS } from './parts.ts'
import { sampleCountryside } from '../testing/sample.testkit.ts'
import { readColumns } from '../session/session.ts'

/** A repeatable stream of numbers in 0..1 (mulberry32). */
function random(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const next = random(7)
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!
const chance = (p: number) => next() < p

/** Ways in which people and keyboards write one value otherwise. */
function spoil(text: string): string {
  const characters = Array.from(text)
  const at = Math.floor(next() * characters.length)
  const way = Math.floor(next() * 9)
  if (way === 0) characters.splice(at, 1)
  else if (way === 1) characters.splice(at, 0, pick(characters))
  else if (way === 2) characters[at] = pick([...'0123456789X张章王李丽麗呂吕小晓'])
  else if (way === 3 && at > 0) [characters[at - 1], characters[at]] = [characters[at]!, characters[at - 1]!]
  else if (way === 4) characters.splice(at, 0, pick([' ', '·', '-', '　']))
  else if (way === 5) return text.toLowerCase()
  else if (way === 6) return text.replace(/[0-9]/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0))
  else if (way === 7) characters[at] = pick(['□', '?', '〇', '𠮷', 'é'])
  else characters.reverse()
  return characters.join('')
}

const maybe = (value: string | null) => (value === null || chance(0.1) ? null : chance(0.45) ? spoil(value) : value)

/** A number of 15 digits; some with the sequences kept for those over a hundred. */
const oldNumber = (id: string) => id.slice(0, 6) + id.slice(8, 14) + (chance(0.2) ? '997' : id.slice(14, 17))

const base = chinesePersonModel()
const extra: Comparison[] = [
  {
    name: 'born',
    columns: ['birth_date'],
    kind: 'date',
    levels: ['exact', 'near', 'year', 'different'].map((name) => ({ name, m: 0.5, u: 0.5 })),
  },
  {
    name: 'cut',
    columns: ['birth_date'],
    kind: 'date',
    levels: ['near', 'different'].map((name) => ({ name, m: 0.5, u: 0.5 })),
  },
  {
    name: 'words',
    columns: ['words'],
    kind: 'text',
    levels: [
      { name: 'same', m: 0.5, u: 0.5 },
      { name: 'like', at_least: 0.8, m: 0.3, u: 0.3 },
      { name: 'other', m: 0.2, u: 0.2 },
    ],
  },
  {
    name: 'whole',
    columns: ['words'],
    kind: 'exact',
    levels: ['exact', 'different'].map((name) => ({ name, m: 0.5, u: 0.5 })),
  },
  {
    name: 'size',
    columns: ['size'],
    kind: 'number',
    levels: [
      { name: 'same', within: 0, m: 0.5, u: 0.5 },
      { name: 'near', within: 2.5, m: 0.3, u: 0.3 },
      { name: 'far', m: 0.2, u: 0.2 },
    ],
  },
  {
    name: 'plain',
    columns: ['words', 'phone', 'size'],
    kind: 'tests',
    levels: [
      { name: 'same', tests: [{ test: 'equal', column: 'words' }], m: 0.4, u: 0.4 },
      { name: 'crossed', tests: [{ test: 'reversed', columns: ['words', 'phone'] }], m: 0.2, u: 0.2 },
      {
        name: 'slip',
        tests: [
          { test: 'levenshtein', column: 'words', at_most: 1 },
          { test: 'within', column: 'size', at_most: 3 },
        ],
        m: 0.2,
        u: 0.2,
      },
      { name: 'like', tests: [{ test: 'jaro_winkler', column: 'phone', at_least: 0.9 }], m: 0.1, u: 0.1 },
      { name: 'other', m: 0.1, u: 0.1 },
    ],
  },
  {
    name: 'slips',
    columns: ['national_id', 'name'],
    kind: 'tests',
    levels: [
      {
        name: 'both',
        tests: [
          { test: 'levenshtein', column: 'name', at_most: 1 },
          { test: 'damerau_levenshtein', column: 'national_id', at_most: 1 },
        ],
        m: 0.4,
        u: 0.4,
      },
      { name: 'two', tests: [{ test: 'levenshtein', column: 'national_id', at_most: 2 }], m: 0.3, u: 0.3 },
      { name: 'three', tests: [{ test: 'damerau_levenshtein', column: 'national_id', at_most: 3 }], m: 0.2, u: 0.2 },
      { name: 'other', m: 0.1, u: 0.1 },
    ],
  },
]

/** Pairs of people, of whom half are one person written twice. */
function somePairs(count: number) {
  const { left } = sampleCountryside(60, 3)
  const words = (row: { name: string }) =>
    pick(['Anna Maria', 'Tom O’Neil', `J ${row.name}`, 'de  la Cruz', 'ＡＢＣ', 'x'])
  return Array.from({ length: count }, (_, i) => {
    const a = pick(left)
    const b = chance(0.6) ? a : pick(left)
    const record = (row: (typeof left)[number]) => ({
      record_id: String(i).padStart(6, '0'),
      pair: String(i),
      name: maybe(row.name),
      national_id: maybe(row.national_id && chance(0.1) ? oldNumber(row.national_id) : row.national_id),
      birth_date: maybe(row.birth_date),
      sex: maybe(row.sex),
      area_code: maybe(row.area_code),
      phone: maybe(row.phone),
      words: maybe(words(row)),
      size: maybe(String(Math.floor(next() * 6))),
    })
    return { left: record(a), right: record(b) }
  })
}

describe('levels in SQL', () => {
  it('are those of the JavaScript comparers, for all kinds, on values written in all sorts of ways', async () => {
    const pairs = somePairs(3000)
    const levels = async (comparisons: Comparison[]) => {
      const model: LinkageModel = {
        ...base,
        comparisons,
        blocking_rules: [['pair']],
        accept_requires: [],
        vetoes: [],
        households: undefined,
      }
      const { links } = await link({ left: pairs.map((p) => p.left), right: pairs.map((p) => p.right) }, model, {
        train: 'none',
        one_to_one: false,
        least_weight: -1e6,
      })
      expect(links.length).toBe(pairs.length)
      for (const [c, comparison] of comparisons.entries()) {
        const comparer = comparerOf(comparison)
        for (const [i, found] of links.entries()) {
          const { left, right } = pairs[i]! as unknown as Record<'left' | 'right', Record<string, string | null>>
          const [a, b] = [left, right].map((row) => comparer.prepare(comparison.columns.map((x) => row[x] || null)))
          const wanted = a === null || b === null ? -1 : comparer.level(a, b)
          expect({ name: comparison.name, left, right, level: found.levels[c] }).toEqual({
            name: comparison.name,
            left,
            right,
            level: wanted,
          })
        }
      }
      return new Set(links.map((x) => x.levels.join(' '))).size
    }
    expect(await levels(base.comparisons)).toBeGreaterThan(150)
    expect(await levels(extra)).toBeGreaterThan(60)
  })

  it('read plainly written values as JavaScript reads them', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const values = somePairs(1500).flatMap(({ left, right }) =>
      [left, right].flatMap((row) => [row.name, row.national_id, row.birth_date, row.area_code, row.phone, row.words]),
    )
    for (const make of Object.values(PARTS)) {
      const part = make.at('value')
      if (part.plain === null || part.characters) continue
      const outputs = Object.keys(part.types)
      const list = outputs.map((name) => (part.sql[name] ?? 'null').replaceAll('$', 'value')).join(', ')
      const quoted = [...new Set(values)]
        .filter((v) => v !== null && v !== '')
        .map((v) => `('${v!.replaceAll("'", "''")}')`)
      const [read, ...columns] = await readColumns(
        connection,
        `select value, ${list} from (values ${quoted.join(', ')}) t(value) where ${part.plain.replaceAll('$', 'value')}`,
      )
      expect(read!.length).toBeGreaterThan(50)
      for (const [row, value] of read!.entries()) {
        expect(Object.fromEntries(outputs.map((name, k) => [name, columns[k]![row]]))).toEqual(part.of(String(value)))
      }
    }
    expect(Object.keys(CHARACTER_COLUMNS)).toHaveLength(7)
  })
})
