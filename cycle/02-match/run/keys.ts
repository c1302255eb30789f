// What brings people together to be compared, and whose commonness counts: as the linkage engine takes them, so that those
// who are looked up by key are those whom the engine would have paired in the whole county.
import { createHash, hash } from 'node:crypto'
import { smoothedShare } from '#engines/linkage/learn/bits.ts'
import { comparerOf } from '#engines/linkage/compare/comparers.ts'
import { parseKey } from '#engines/linkage/model/keys.ts'
import type { TermFrequencies } from '#engines/linkage/link.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { termsOf } from '#engines/linkage/model/terms.ts'
import type { Keys } from '#registry/secrets/secrets.ts'
import { recordOf } from './candidates.ts'
import type { Card, Someone } from './cards.ts'

/** `slot`: the blocking rule from 0 up; -1, -2 and so on the terms. `key`: 52 bits of a keyed hash. */
export interface SlotKey {
  slot: number
  key: number
}

type Where = Pick<Card, 'area_code' | 'phone'>

const text = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value)

// 52 bits are whole numbers in JavaScript too; of ten million keys about one in a hundred registries has two alike, which
// brings two people together for nothing.
const first52 = (bytes: Buffer): number => bytes.readUIntBE(0, 6) * 16 + (bytes[6]! & 15)

/** Names the rules: keys that were made by others are of no use. */
export function rulesDigest(model: LinkageModel): string {
  const terms = termsOf(model).map((term) => [term.key, model.comparisons[term.comparison]?.columns])
  return createHash('sha256')
    .update(JSON.stringify(['keys/2', model.blocking_rules, terms]))
    .digest('hex')
}

/** How often a value of a term is among some people. */
export interface Count {
  value: string
  key: number
  count: number
}

/** Reads keys and terms off people, by one model and under one secret. */
export function keyReader(keys: Keys, model: LinkageModel) {
  const secret = keys.derive('match-keys').toString('hex')
  const rules = model.blocking_rules.map((rule) => rule.map((each) => parseKey(each)))
  const terms = termsOf(model).map((term) => {
    const comparison = model.comparisons[term.comparison]!
    return { term, comparison, comparer: comparerOf(comparison) }
  })
  const hashed = (slot: number, values: readonly string[]): SlotKey => ({
    slot,
    // In one call: a person has some twenty keys, and an HMAC takes four times as long. Of the 256 bits 52 are kept, so
    // that nothing can be added to a hash whose secret stands first.
    key: first52(hash('sha256', secret + JSON.stringify([slot, ...values]), 'buffer')),
  })
  const termOf = (record: Record<string, unknown>, n: number): string | null => {
    const each = terms[n]!
    const prepared = each.comparer.prepare(each.comparison.columns.map((column) => text(record[column])))
    return prepared === null ? null : each.term.of(prepared)
  }
  return {
    terms: terms.length,
    /** The keys that bring somebody together with others. */
    blocking(someone: Someone, card: Where): SlotKey[] {
      const record: Record<string, unknown> = recordOf(someone, card)
      return rules.flatMap((rule, slot) => {
        const values = rule.flatMap((key) => {
          const value = text(record[key.column])
          return (value === null ? null : key.of(value)) ?? []
        })
        return values.length === rule.length ? [hashed(slot, values)] : []
      })
    },
    /** The keys of the values whose commonness counts. */
    common(someone: Someone): SlotKey[] {
      const record: Record<string, unknown> = recordOf(someone, undefined)
      return terms.flatMap((_, n) => {
        const value = termOf(record, n)
        return value === null ? [] : [hashed(-1 - n, [value])]
      })
    },
    /** Of the n-th term: the values among these people, and how often each occurs. */
    counts(people: readonly Someone[], n: number): Count[] {
      const found = new Map<string, number>()
      for (const each of people) {
        const value = termOf(recordOf(each, undefined), n)
        if (value !== null) found.set(value, (found.get(value) ?? 0) + 1)
      }
      return [...found].map(([value, count]) => ({ value, count, ...hashed(-1 - n, [value]) }))
    },
    /** Shares as the engine takes them over a whole county: `here` people who are compared, `there` those who stand. */
    shares(n: number, here: readonly Count[], there: { total: number; of: ReadonlyMap<number, number> }) {
      const { term, comparison } = terms[n]!
      const { u } = comparison.levels[term.u_level]!
      const total = there.total + here.reduce((sum, each) => sum + each.count, 0)
      const share = (each: Count) => smoothedShare(each.count + (there.of.get(each.key) ?? 0), total, u)
      const found: TermFrequencies = {}
      found[term.key] = new Map(here.map((each) => [each.value, share(each)]))
      return found
    },
  }
}

export type KeyReader = ReturnType<typeof keyReader>
