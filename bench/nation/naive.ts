// The pack's derived counts, indicators and signs as somebody writes them by hand in SQL, one question at a time: an EXISTS or a
// subquery over the members for each. What is missing is left to SQL, as it is by hand.
import type { Standpoint } from '#packs/rulebook.ts'

export type Naive = { name: string; sql: string }

/** One expression a question over `households h`, in PostgreSQL's SQL. The rules: packs/china-2014/rules. */
export function naiveRules({ params, date }: Standpoint): Naive[] {
  const p = (name: string) => String(params[name])
  const age = `extract(year from age(date '${date}', m.birth_date))`
  const member = (test: string) => `exists (select 1 from members m where m.household_id = h.household_id and ${test})`
  const entry = (test: string) => `exists (select 1 from registers r where r.household_id = h.household_id and ${test})`
  const income = [
    'wage_income + business_income + property_income + minimum_allowance_income + five_guarantee_income',
    'pension_income + elderly_allowance_income + disability_allowance_income + ecological_compensation_income',
    'family_support_income + other_transfer_income - production_cost',
  ].join(' + ')
  const members = (test: string) => `(select count(*) from members m where m.household_id = h.household_id and ${test})`
  const working = `${age} between ${p('working_age_from')} and ${p('working_age_to')}`
  const labourers = members(`${working} and m.labour_capacity in ('skilled', 'ordinary')`)
  const gross = `(${income} + production_cost)`
  return [
    { name: 'labourers', sql: labourers },
    { name: 'dependants', sql: `household_size - ${labourers}` },
    {
      name: 'students',
      sql: members(`${age} between 3 and 25 and m.schooling in ('preschool', 'primary_school', 'junior_school',
        'senior_school', 'vocational_school', 'university')`),
    },
    { name: 'seriously_ill', sql: members(`m.health = 'serious_illness'`) },
    { name: 'badly_disabled', sql: members(`m.disability in ('moderate', 'severe')`) },
    {
      name: 'income_gap',
      sql: `case when (${income}) / household_size < ${p('income_line')}
        then ${p('income_line')} * household_size - (${income}) else 0 end`,
    },
    {
      name: 'medical_expense_share',
      sql: `case when ${gross} > 0 then medical_expense * 100 / ${gross} else 0 end`,
    },
    { name: 'met_food', sql: `food_shortage = 'never' and protein_weekly` },
    { name: 'met_clothing', sql: 'seasonal_clothing' },
    {
      name: 'met_education',
      sql: `not ${member(`${age} between ${p('school_age_from')} and ${p('school_age_to')} and not (
        m.schooling in ('primary_school', 'junior_school', 'senior_school', 'vocational_school', 'university')
        or (m.schooling = 'preschool' and ${age} = ${p('school_age_from')})
        or (m.schooling = 'not_applicable' and m.education in ('junior_secondary', 'senior_secondary', 'vocational', 'college'))
        or m.disability = 'severe')`)}`,
    },
    {
      name: 'met_medical',
      sql: `not ${member(`not (m.medical_insurance and (m.health = 'healthy' or m.illness_treated))`)}`,
    },
    { name: 'met_housing', sql: `house_grade in ('A', 'B')` },
    {
      name: 'met_water',
      sql: `water_safe and (water_source = 'piped' or water_minutes <= ${p('water_minutes_max')})
        and water_short_months <= ${p('water_short_months_max')}`,
    },
    { name: 'met_income', sql: `(${income}) / household_size >= ${p('income_line')}` },
    {
      name: 'veto_car',
      sql: `'car' = any(assets) or ${entry(`r.register = 'vehicle' and (r.value is null or r.value >= ${p('register_vehicle_value')})`)}`,
    },
    { name: 'veto_town_house', sql: `owns_town_house or ${entry(`r.register = 'property'`)}` },
    {
      name: 'veto_business',
      sql: `owns_business or ${entry(`r.register = 'business' and (r.value is null or r.value >= ${p('register_business_value')})`)}`,
    },
    { name: 'veto_public_payroll', sql: `public_payroll or ${entry(`r.register = 'payroll'`)}` },
    { name: 'veto_large_vehicle', sql: `'truck' = any(assets) or 'tractor' = any(assets)` },
  ]
}

/** The order of visits: packs/china-2014/rules/verdict.yaml. */
const POINTS = { income: 30, food: 15, housing: 15, medical: 15, education: 15, clothing: 5, water: 5 }

/** The verdict and score from the tables `naive_<name>` of the questions. */
export function naiveVerdict(rules: Naive[]): string {
  const needs = rules.map(({ name }) => name).filter((name) => name.startsWith('met_') && name !== 'met_water')
  const signs = rules.map(({ name }) => name).filter((name) => name.startsWith('veto_'))
  const poor = needs.map((name) => `not ${name}.answer`).join(' or ')
  const fine = needs.map((name) => `${name}.answer`).join(' and ')
  const sign = signs.map((name) => `coalesce(${name}.answer, false)`).join(' or ')
  const joins = [...needs, 'met_water', ...signs]
    .map((name) => `join naive_${name} ${name} using (household_id)`)
    .join('\n')
  const points = Object.entries(POINTS).map(([need, n]) => `case when not met_${need}.answer then ${n} else 0 end`)
  return `select household_id, ${points.join(' + ')} as score, case when ${poor} then case when ${sign} then 'needs_verification' else 'eligible' end
    when ${fine} then 'not_eligible' else 'needs_verification' end as verdict from households h\n${joins}`
}
