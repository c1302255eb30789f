// Three household rules, each in CEL and in JsonLogic, and their answers by hand: plain code that shares nothing with
// the engine. null is unknown.
import { pick, seeded } from '#engines/rules/compare/random.ts'
import type { RuleRecord, RuleSchema } from '#engines/rules/schema.ts'

export const SCHEMA: RuleSchema = {
  household: {
    income: { type: 'money' },
    debt: { type: 'money' },
    size: { type: 'int', min: 1 },
    rooms: { type: 'int' },
    roof: { type: 'choice', choices: ['tile', 'straw', 'mud'] },
    water_safe: { type: 'bool' },
  },
  lists: { members: { years: { type: 'int' }, schooling: { type: 'int' }, sick: { type: 'bool' } } },
  parameters: { line: { type: 'money' } },
}
export const PARAMS = { line: 280_000 }

type Truth = boolean | null
export type Case = { name: string; source: string; json_logic: unknown; byHand: (household: RuleRecord) => Truth }

const and = (...parts: Truth[]): Truth => (parts.includes(false) ? false : parts.includes(null) ? null : true)
const or = (...parts: Truth[]): Truth => (parts.includes(true) ? true : parts.includes(null) ? null : false)
const not = (part: Truth): Truth => (part === null ? null : !part)
/** The test of answers that are all there. */
const when = <T>(answers: unknown[], test: (...answers: T[]) => boolean): Truth =>
  answers.some((answer) => answer === null || answer === undefined) ? null : test(...(answers as T[]))
const truth = (answer: unknown): Truth => (typeof answer === 'boolean' ? answer : null)
const members = (household: RuleRecord): RuleRecord[] => household.members as RuleRecord[]
const field = (name: string) => ({ var: name })

export const CASES: Case[] = [
  {
    name: 'two clauses',
    source: 'income < params.line && !water_safe',
    json_logic: { and: [{ '<': [field('income'), field('params.line')] }, { '!': field('water_safe') }] },
    byHand: ({ income, water_safe }) =>
      and(
        when<number>([income], (a) => a < PARAMS.line),
        not(truth(water_safe)),
      ),
  },
  {
    name: 'share of a list',
    source: 'members.filter(m, m.sick).size() * 2 >= size && debt > income',
    json_logic: {
      and: [
        {
          '>=': [
            {
              '*': [
                {
                  reduce: [{ filter: [field('members'), field('sick')] }, { '+': [1, field('accumulator')] }, 0],
                },
                2,
              ],
            },
            field('size'),
          ],
        },
        { '>': [field('debt'), field('income')] },
      ],
    },
    byHand: (household) => {
      const sick = members(household).map((member) => truth(member.sick))
      const hits = sick.filter((each) => each === true).length
      const perhaps = hits + sick.filter((each) => each === null).length
      // A count with gaps lies between the two; it decides where both say the same.
      const enough = (least: number, most: number, size: unknown): Truth =>
        typeof size === 'number'
          ? least * 2 >= size
            ? true
            : most * 2 < size
              ? false
              : null
          : most === 0
            ? false
            : null
      return and(
        enough(hits, perhaps, household.size),
        when<number>([household.debt, household.income], (a, b) => a > b),
      )
    },
  },
  {
    name: 'seven clauses, two lists',
    source:
      "income / size < params.line && (roof == 'straw' || roof == 'mud' || !water_safe || rooms < size)" +
      ' && (members.exists(m, m.sick && m.years < 60) || members.exists(m, m.years > 15 && m.schooling < 6))',
    json_logic: {
      and: [
        { '<': [{ '/': [field('income'), field('size')] }, field('params.line')] },
        {
          or: [
            { '==': [field('roof'), 'straw'] },
            { '==': [field('roof'), 'mud'] },
            { '!': field('water_safe') },
            { '<': [field('rooms'), field('size')] },
          ],
        },
        {
          or: [
            { some: [field('members'), { and: [field('sick'), { '<': [field('years'), 60] }] }] },
            {
              some: [field('members'), { and: [{ '>': [field('years'), 15] }, { '<': [field('schooling'), 6] }] }],
            },
          ],
        },
      ],
    },
    byHand: (household) => {
      const { income, size, roof, water_safe, rooms } = household
      const some = (test: (member: RuleRecord) => Truth): Truth => or(...members(household).map(test))
      return and(
        when<number>([income, size], (a, b) => Math.trunc(a / b) < PARAMS.line),
        or(
          when<string>([roof], (a) => a === 'straw' || a === 'mud'),
          not(truth(water_safe)),
          when<number>([rooms, size], (a, b) => a < b),
        ),
        or(
          some((m) =>
            and(
              truth(m.sick),
              when<number>([m.years], (a) => a < 60),
            ),
          ),
          some((m) =>
            and(
              when<number>([m.years], (a) => a > 15),
              when<number>([m.schooling], (a) => a < 6),
            ),
          ),
        ),
      )
    },
  },
]

/** Households with 1 to 6 members (3.5 on average); `missing` is the share of answers that are left out or null. */
export function households(count: number, missing: number, seed: number, how: 'absent' | 'null'): RuleRecord[] {
  const random = seeded(seed)
  const some = (record: RuleRecord): RuleRecord => {
    const kept: RuleRecord = {}
    for (const [name, value] of Object.entries(record)) {
      if (random() >= missing) kept[name] = value
      else if (how === 'null') kept[name] = null
    }
    return kept
  }
  const whole = (below: number) => Math.floor(random() * below)
  return Array.from({ length: count }, () => {
    const size = 1 + whole(6)
    const answers = some({
      income: whole(600_000) * size,
      debt: whole(2_000_000),
      size,
      rooms: 1 + whole(6),
      roof: pick(random, ['tile', 'tile', 'straw', 'mud']),
      water_safe: random() < 0.6,
    })
    const list = Array.from({ length: size }, () =>
      some({ years: whole(90), schooling: whole(13), sick: random() < 0.15 }),
    )
    return { ...answers, members: list }
  })
}
