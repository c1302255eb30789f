/** One number of the made world with the reason for it. Shares are of 1, money is yuan a year. */
export type Assumption = { value: number; why: string }

const a = (value: number, why: string): Assumption => ({ value, why })

/**
 * Every number that shapes the population. "Published" stands in the README with its source; "commonly cited" was not checked; "made" means that no public figure was found
 * and the number was chosen so that the whole comes out as the published totals say.
 * They are written into `sql/*.sql` wherever `{{name}}` stands.
 */
export const ASSUMPTIONS = {
  reference_day: a(20140501, 'made: middle of the first survey round, spring 2014'),
  line: a(2800, 'published: poverty line 2014, 2,800 yuan a person a year'),
  wage_away: a(20700, 'made: median year of a migrant of Ruijin; scales all incomes, set for the poor share'),
  wage_near: a(10800, 'made: odd jobs near home'),
  farm_labour: a(4200, 'made: gross farm income one full labourer adds beside the land'),
  farm_mu: a(900, 'made: gross income of a mu of arable land, two rice crops'),
  orchard_mu: a(2600, 'made: gross income of a mu of navel oranges in years of bearing'),
  village_sigma: a(0.2, 'made: spread of log income between villages'),
  household_sigma: a(0.3, 'made: spread of log income between households of a village'),
  person_sigma: a(0.26, 'made: spread of log wage between workers of a household'),
  serious_young: a(0.007, 'made: serious illness under 45'),
  serious_middle: a(0.053, 'made: serious illness from 45 to 59'),
  serious_old: a(0.115, 'made: serious illness from 60'),
  chronic_young: a(0.02, 'made: chronic illness under 45'),
  chronic_middle: a(0.16, 'made: chronic illness from 45 to 59'),
  chronic_old: a(0.42, 'made: chronic illness from 60'),
  disabled: a(0.0634, 'commonly cited: 6.34 % of the people, second national sample survey of disability, 2006'),
  five_guarantee: a(2700, 'made: dispersed support of a person under the five guarantees'),
  pension: a(660, 'commonly cited: national minimum of the basic pension, 55 yuan a month until mid-2014'),
  uninsured_poor: a(0.035, 'made: households of low income with a member without medical insurance'),
  uninsured_other: a(0.006, 'made: the same in other households (commonly cited: over 98 % were covered)'),
  dropout_poor: a(0.014, 'made: children of 6 to 15 out of school in households of low income'),
  dropout_other: a(0.002, 'made: the same in other households'),
  untreated_poor: a(0.14, 'made: seriously ill members not under treatment, households of low income'),
  unsafe_house_poor: a(0.135, 'made: house of grade C or D, households of low income'),
  unsafe_house_other: a(0.005, 'made: the same in other households'),
  unsafe_water_poor: a(0.06, 'made: unsafe, far or short water, households of low income in hilly groups'),
  unsafe_water_other: a(0.008, 'made: the same in other households of hilly groups'),
  never_surveyed: a(0.01, 'made: not at home in any round'),
  second_survey: a(0.018, 'made: surveyed twice by another surveyor on another day'),
  moved: a(0.01, 'made: moved to another group; half are surveyed in both'),
  split_rate: a(0.03, 'made: share of households with a married son whose family is surveyed on its own as well'),
  reticent: a(0.12, 'made: households that answer few sensitive questions'),
  missing_reticent: a(0.7, 'made: sensitive answers they leave out, so that 10 % are missing in all'),
  missing_other: a(0.018, 'made: sensitive answers others leave out'),
  strategic: a(0.081, 'made: households from the line to four times it that lower their answers to be chosen'),
  name_typo: a(0.025, 'made: names typed wrong; no published rate was found'),
  id_missing: a(0.04, 'made: numbers not shown at the door'),
  id_typo: a(0.015, 'made: numbers with digits swapped or wrong'),
  head_id: a(0.004, "made: households where the head's number was entered for everyone"),
  lunar_date: a(0.02, 'made: lunar birth date written as solar, 20 to 50 days early'),
  default_date: a(0.015, 'made: 1 January entered because only the year was known'),
  nominal_age: a(0.01, 'made: a year too old, counted the old way'),
  register_name_typo: a(0.015, "made: names typed wrong in other departments' registers"),
  register_id_typo: a(0.012, 'made: numbers typed wrong there'),
  register_id_missing: a(0.02, 'made: numbers missing there'),
} satisfies Record<string, Assumption>

/** Writes the numbers into a statement: `{{line}}` becomes 2800. An unknown name is an error. */
export function withAssumptions(sql: string, more: Record<string, number | string>): string {
  return sql.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (name in more) return String(more[name])
    if (name in ASSUMPTIONS) return String(ASSUMPTIONS[name as keyof typeof ASSUMPTIONS].value)
    throw new Error(`No assumption is called ${name}`)
  })
}
