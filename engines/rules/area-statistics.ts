import { DIALECTS, quoteName, quoteText, tableName } from './sql/dialect.ts'
import { dateNumber } from './run/dates.ts'
import type { DialectName } from './sql/dialect.ts'
import type { DatedValue } from './parameters.ts'

/**
 * A parameter that is computed from the households of an area: the median income of a district, the score at which a
 * quota is filled. `of` is a column of the household table (whole minor units or decimals), households without an answer
 * are left out, `least` is the fewest answers from which a figure is given.
 *
 * median: the middle value, the lower of two (percentile 50).
 * percentile: the smallest value that at least `percent` of the households do not exceed (nearest rank).
 * quota: the value of the household in place `places` from below; with fewer households, of the last.
 * mean: rounded half away from zero, to a whole number or to six decimals.
 */
export type AreaStatistic = { name: string; of: string; kind: 'int' | 'money' | 'decimal'; least?: number } & (
  | { statistic: 'median' }
  | { statistic: 'mean' }
  | { statistic: 'percentile'; percent: number }
  | { statistic: 'quota'; places: number }
)

export type AreaTables = {
  /** A table name, or SQL with a bracket in it. */
  household_table: string
  /** SQL of the area code of a household, cut to the level asked for: `substr(area_code, 1, 6)`. */
  area: string
  /** A condition on the household table. */
  where?: string
}

/**
 * One statement that computes all of them for all areas at once, in PostgreSQL or DuckDB with the same result to the last
 * digit: rows (name, area_code, value, households), ordered by name and area. Decimals are counted in millionths.
 * Throws RangeError for a percent outside 0 to 100, or places below 1.
 */
export function areaStatisticsSql(statistics: AreaStatistic[], dialectName: DialectName, tables: AreaTables): string {
  const where = tables.where === undefined ? '' : ` and (${tables.where})`
  const dialect = DIALECTS[dialectName]
  const each = statistics.map((statistic) => {
    const { name, of, kind, least = 1 } = statistic
    const column = quoteName(of)
    const units =
      kind === 'decimal'
        ? `cast(floor(cast(${column} as ${dialect.double}) * 1e6 + 0.5) as bigint)`
        : `cast(${column} as bigint)`
    const answers = `select ${tables.area} as area_code, ${units} as value from ${tableName(tables.household_table)} where ${column} is not null${where}`
    const ranked = `select area_code, value, row_number() over (partition by area_code order by value) as place, count(*) over (partition by area_code) as households from (${answers}) as answers`
    const picked = placeOf(statistic)
    const value =
      picked === undefined
        ? // Half away from zero, in whole numbers.
          `select area_code, ${meanSql(dialectName)} as value, count(*) as households from (${answers}) as answers group by area_code`
        : `select area_code, value, households from (${ranked}) as ranked where place = ${picked}`
    const outward =
      kind === 'decimal'
        ? `cast(value as ${dialect.double}) / cast('1e6' as ${dialect.double})`
        : `cast(value as ${dialect.double})`
    return `select ${quoteText(name)} as name, cast(area_code as text) as area_code, ${outward} as value, cast(households as bigint) as households from (${value}) as figures where households >= ${least}`
  })
  return `${each.join('\nunion all\n')}\norder by 1, 2`
}

/** The place of the value in the sorted ones, in whole numbers; undefined for a mean. */
function placeOf(statistic: AreaStatistic): string | undefined {
  if (statistic.statistic === 'mean') return undefined
  if (statistic.statistic === 'quota') {
    if (!Number.isInteger(statistic.places) || statistic.places < 1)
      throw new RangeError(`a quota has a whole number of places from 1, not ${statistic.places}`)
    return `least(${statistic.places}, households)`
  }
  const percent = statistic.statistic === 'median' ? 50 : statistic.percent
  if (!(percent >= 0 && percent <= 100) || !Number.isInteger(percent * 100))
    throw new RangeError(`a percent has at most two decimals and lies between 0 and 100, not ${percent}`)
  // The nearest rank above, in whole numbers: (n * hundredths + 9999) / 10000 cut.
  const hundredths = Math.round(percent * 100)
  return `greatest(1, (households * ${hundredths} + 9999 - (households * ${hundredths} + 9999) % 10000) / 10000)`
}

function meanSql(dialect: DialectName): string {
  const [sum, count] = ['sum(value)', 'count(*)']
  const cut = (a: string, b: string): string => (dialect === 'duckdb' ? `(${a}) // (${b})` : `div(${a}, ${b})`)
  const twice = `${sum} * 2`
  return `case when ${sum} >= 0 then ${cut(`${twice} + ${count}`, `${count} * 2`)} else ${cut(`${twice} - ${count}`, `${count} * 2`)} end`
}

/**
 * The rows of areaStatisticsSql as dated values by area, for parametersAt: in force from the day they were computed for
 * (YYYY-MM-DD) until the next computation. An area that is not among them has no value: what reads it is unknown.
 */
export function computedValues(
  rows: readonly Record<string, unknown>[],
  from: string,
  source: string,
): Record<string, DatedValue[]> {
  if (dateNumber(from) === undefined) throw new RangeError(`a day is YYYY-MM-DD, not ${from}`)
  const values: Record<string, DatedValue[]> = {}
  for (const { name, area_code, value } of rows)
    (values[String(name)] ??= []).push({ from, value: Number(value), source, area: String(area_code) })
  return values
}
