import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { editsSql } from './edits-sql.ts'
import { damerauLevenshtein, levenshtein, plainJaroWinkler } from './plain-distance.ts'

const codes = (text: string) => Int32Array.from(text, (c) => c.charCodeAt(0))

/** Pairs of ASCII texts, half of them slips of one another, from a fixed seed. */
function pairs(count: number): [string, string][] {
  let state = 7
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
  const letters = (alphabet: number, length: number) =>
    Array.from({ length }, () => String.fromCharCode(97 + next(alphabet))).join('')
  return Array.from({ length: count }, (_, i) => {
    const alphabet = 2 + next(24)
    const a = letters(alphabet, 1 + next(20))
    let b = i % 2 === 0 ? letters(alphabet, 1 + next(20)) : a
    for (let slips = i % 2 === 0 ? 0 : next(5); slips > 0; slips--) {
      const at = next(b.length)
      const kind = next(4)
      if (kind === 0) b = b.slice(0, at) + letters(alphabet, 1) + b.slice(at)
      else if (kind === 1 && b.length > 1) b = b.slice(0, at) + b.slice(at + 1)
      else if (kind === 2) b = b.slice(0, at) + letters(alphabet, 1) + b.slice(at + 1)
      else b = b.slice(0, at) + (b[at + 1] ?? '') + b[at]! + b.slice(at + 2)
    }
    return [a, b]
  })
}

describe('plain distances', () => {
  it('equal those of DuckDB on ASCII text, to the last bit', async () => {
    const sample = pairs(20_000)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      await connection.run('create table pairs (i integer, a varchar, b varchar)')
      const appender = await connection.createAppender('pairs')
      for (const [i, [a, b]] of sample.entries()) {
        appender.appendInteger(i)
        appender.appendVarchar(a)
        appender.appendVarchar(b)
        appender.endRow()
      }
      appender.closeSync()
      const result = await connection.runAndReadAll(
        'select levenshtein(a, b)::integer, damerau_levenshtein(a, b)::integer, jaro_winkler_similarity(a, b) from pairs order by i',
      )
      // the short ways of editsSql: exact up to the most that is asked about, and beyond it more
      for (const test of ['levenshtein', 'damerau_levenshtein'] as const) {
        for (const most of [0, 1, 2, 3]) {
          const short = `select i, a, b, ${editsSql(test, 'a', 'b', most)} as short, ${test}(a, b) as counted from pairs`
          const found = await connection.runAndReadAll(
            `select a, b, short::integer, counted::integer from (${short}) where least(short, ${most + 1}) <> least(counted, ${most + 1}) or short is null order by i limit 5`,
          )
          expect(found.getRows(), `${test} ${most}`).toEqual([])
        }
      }
      const wrong: unknown[] = []
      for (const [i, [lev, dl, jw]] of result.getRows().entries()) {
        const [a, b] = [codes(sample[i]![0]), codes(sample[i]![1])]
        const ours = [levenshtein(a, b), damerauLevenshtein(a, b), plainJaroWinkler(a, b)]
        if (ours[0] !== lev || ours[1] !== dl || ours[2] !== jw) {
          wrong.push({ pair: sample[i], ours, duckdb: [lev, dl, jw] })
        }
        for (const most of [0, 1, 2, 3]) {
          if (levenshtein(a, b, most) <= most !== ours[0]! <= most) wrong.push({ pair: sample[i], most })
          if (damerauLevenshtein(a, b, most) <= most !== ours[1]! <= most) wrong.push({ pair: sample[i], most })
        }
      }
      expect(wrong.slice(0, 5)).toEqual([])
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })

  it('Damerau proper: between swapped characters others may stand', () => {
    expect(damerauLevenshtein(codes('ca'), codes('abc'))).toBe(2)
    expect(levenshtein(codes('ca'), codes('abc'))).toBe(3)
  })
})
