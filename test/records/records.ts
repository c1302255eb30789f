// Household records as rules read them, made from a seed: for comparing evaluators and for timing. No registry.
import { pick, seeded, type Random } from '#engines/rules/compare/random.ts'
import type { FieldType, RuleRecord } from '#engines/rules/schema.ts'
import { base } from '#packs/china-2014/example.ts'
import type { Rulebook } from '#packs/rulebook.ts'

/** How often an answer differs from the plain household's, and how often it is missing. */
const CHANGED = 0.07
const MISSING = 0.015
const GREATEST_HOUSEHOLD = 14

/**
 * Records of the card form with 1 to 14 members and up to two register entries: mostly plain households at about the
 * line of 2014, with some answers otherwise and some missing. Same seed, same records. Money in fen.
 */
export function randomRecords(book: Rulebook, count: number, seed: number): RuleRecord[] {
  const random = seeded(seed)
  const { household, lists } = book.compiled.schema
  const derived = new Set(book.pack.derived.map((each) => each.name))
  const own = Object.fromEntries(Object.entries(household).filter(([name]) => !derived.has(name)))
  return Array.from({ length: count }, () => {
    const size = 1 + Math.floor(random() ** 2 * GREATEST_HOUSEHOLD)
    const members = Array.from({ length: size }, (_, index) =>
      vary(base.members[index % base.members.length] ?? {}, lists.members ?? {}, random),
    )
    const registers = Array.from({ length: random() < 0.1 ? 1 + Math.floor(random() * 2) : 0 }, () => ({
      register: pick(random, book.pack.registers),
      value: random() < 0.3 ? null : Math.floor(random() * 10_000_000),
    }))
    const wage_income = Math.floor(size * (150_000 + random() * 450_000))
    const record = vary({ ...base, wage_income }, own, random)
    return {
      ...record,
      household_size: size,
      members: random() < 0.01 ? null : members,
      registers: random() < 0.02 ? null : registers,
    }
  })
}

function vary(plain: Record<string, unknown>, types: Record<string, FieldType>, random: Random): RuleRecord {
  const record: RuleRecord = {}
  for (const [name, type] of Object.entries(types)) {
    const dice = random()
    record[name] = dice < MISSING ? null : dice < MISSING + CHANGED ? anyValue(type, random) : (plain[name] ?? null)
  }
  return record
}

function anyValue(type: FieldType, random: Random): unknown {
  const choices = type.choices ?? ['other']
  switch (type.type) {
    case 'bool':
      return random() < 0.5
    case 'choice':
      return pick(random, choices)
    case 'choices':
      return [...new Set([pick(random, choices), pick(random, choices)])]
    case 'int':
      return Math.floor(random() * 40)
    case 'money':
      return Math.floor(random() ** 3 * 2_000_000)
    case 'decimal':
      return Math.floor(random() * 500) / 100
    case 'date':
      return `${1935 + Math.floor(random() * 79)}-${pick(random, ['01-01', '02-28', '06-15', '12-31'])}`
    default:
      return 'x'
  }
}
