// What an analyst asks of a nation beside its verdicts: pyramids of age and sex, health, schooling, dependency. Bench
// only: written in the pack's own language and compiled with the pack's own compiler, no part of any pack.
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import type { NamedRule } from '#engines/rules/sql/sql.ts'
import type { Rulebook } from '#packs/rulebook.ts'

const BANDS = [
  [0, 5],
  [6, 15],
  [16, 59],
  [60, 74],
  [75, 130],
] as const
const age = 'age(m.birth_date)'
const between = (from: number, to: number) => `${age} >= ${from} && ${age} <= ${to}`
const count = (test: string) => `members.filter(m, ${test}).size()`
const WORKING = between(16, 59)

/** Name and rule of each question; 17 of them whole numbers, 9 yes or no. */
const QUESTIONS: Record<string, string> = {
  ...Object.fromEntries(
    BANDS.flatMap(([from, to]) =>
      ['male', 'female'].map((sex) => [`${sex}_${from}_${to}`, count(`${between(from, to)} && m.sex == '${sex}'`)]),
    ),
  ),
  chronically_ill: count("m.health == 'chronic_illness'"),
  ill_of_working_age: count(`${WORKING} && m.health != 'healthy'`),
  without_schooling: count(`${age} >= 16 && m.education == 'none'`),
  with_senior_secondary: count(`${age} >= 18 && m.education in ['senior_secondary', 'vocational', 'college']`),
  working_away: count('m.works_away'),
  months_worked: `members.filter(m, ${WORKING} && has(m.work_months)).map(m, m.work_months).sum()`,
  old_without_pension: count(`${age} >= 60 && !m.pension_insurance`),
  old_alone: `members.all(m, ${age} >= 60)`,
  skipped_generation: `members.all(m, ${age} < 16 || ${age} >= 60) && members.exists(m, ${age} < 16)`,
  one_grown_up: `members.filter(m, ${age} >= 18).size() == 1 && members.exists(m, ${age} < 18)`,
  headed_by_woman: "members.exists(m, m.relation == 'head' && m.sex == 'female')",
  headed_by_old: `members.exists(m, m.relation == 'head' && ${age} >= 65)`,
  child_and_ill_parent: `members.exists(m, ${age} < 16) && members.exists(m, m.relation == 'head' && m.health != 'healthy')`,
  more_dependants_than_hands: `${count(`${age} < 16 || ${age} >= 60`)} > ${count(`${WORKING} && m.labour_capacity in ['skilled', 'ordinary']`)}`,
  only_son_or_daughter_at_home: "members.exists_one(m, m.relation == 'child' && !m.works_away)",
  severely_disabled_and_old: `members.exists(m, ${age} >= 60 && m.disability == 'severe')`,
}

/** The questions, compiled. Throws where the pack's card has not the fields they ask of. */
export function extraRules(book: Rulebook): NamedRule[] {
  return Object.entries(QUESTIONS).map(([name, source]) => {
    const rule = compileRule(source, book.compiled.schema)
    if (isRefused(rule)) throw new Error(`${name}: ${rule.map((each) => each.message).join(' ')} In: ${source}`)
    return { name: `asked_${name}`, rule }
  })
}
