// Figures of areas that the pack declares as computed, worked out over the cards in force.
import { areaStatisticsSql, type AreaStatistic } from '#engines/rules/area-statistics.ts'
import { quoteName } from '#engines/rules/sql/dialect.ts'
import { openDuck } from '#registry/copies/analytics.ts'

export interface Figure {
  name: string
  area_code: string
  value: number
  households: number
}

/** Of one household the values that figures are made of, in the order of `fields`; null where not known. */
export interface FigureRow {
  area_code: string
  values: (number | null)[]
}

/** Rows of an insert. */
const piece = 2000

/**
 * Figures by area: those of one level in one go. `statistics` of a level, with the length of its codes; `fields` are the
 * columns, each of a kind. Rows come in batches, so that a nation needs no room in memory.
 */
export async function figuresOf(
  fields: readonly { name: string; kind: AreaStatistic['kind'] }[],
  levels: readonly { code_length: number; statistics: AreaStatistic[] }[],
  batches: AsyncIterable<FigureRow[]>,
): Promise<Figure[]> {
  const duck = await openDuck()
  try {
    const columns = fields.map(({ name, kind }) => `${quoteName(name)} ${kind === 'decimal' ? 'double' : 'bigint'}`)
    await duck.run(`create table figure_households (${['area_code varchar', ...columns].join(', ')})`)
    for await (const batch of batches) {
      for (let start = 0; start < batch.length; start += piece) {
        const rows = batch.slice(start, start + piece).map(({ area_code, values }) => {
          const numbers = values.map((value) => (value === null ? 'null' : String(value)))
          return `('${area_code.replaceAll("'", "''")}', ${numbers.join(', ')})`
        })
        if (rows.length > 0) await duck.run(`insert into figure_households values ${rows.join(', ')}`)
      }
    }
    const found: Figure[] = []
    for (const { code_length, statistics } of levels) {
      const tables = { household_table: 'figure_households', area: `substr(area_code, 1, ${code_length})` }
      const rows = await duck.rows<Figure>(areaStatisticsSql(statistics, 'duckdb', tables))
      found.push(...rows.map((row) => ({ ...row, value: Number(row.value), households: Number(row.households) })))
    }
    return found
  } finally {
    duck.close()
  }
}
