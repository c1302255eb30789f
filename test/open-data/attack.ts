// What somebody who reads every public page can work out of what is withheld: one linear programme over all pages, with
// HiGHS, least and greatest of each withheld cell. He knows which places lie in which, that counts are whole and not
// negative, and what counts among what. He knows nothing else of how the pages were made.
import { loadSolver } from '#engines/allocation/solver.ts'
import type { openPage } from '#cycle/12-see/open/table.ts'

export type Page = ReturnType<typeof openPage>

export interface Known {
  area_code: string
  column: string
  least: number
  greatest: number
}

interface Model {
  names: string[]
  lower: number[]
  upper: number[]
  rows: { columns: number[]; values: number[]; lower: number; upper: number }[]
}

/** More than any count: what is not bounded by the pages comes out as this. */
const most = 1e6

const plain = ['households', 'people', 'registered', 'helped', 'exited'] as const

/** Every cell of every page as a variable, told ones fixed; and all that must hold between them. */
function modelOf(pages: readonly Page[], parents: ReadonlyMap<string, string | null>): Model {
  const at = new Map<string, number>()
  const model: Model = { names: [], lower: [], upper: [], rows: [] }
  const cell = (area_code: string, column: string): number => {
    const key = `${area_code} ${column}`
    const known = at.get(key)
    if (known !== undefined) return known
    at.set(key, model.names.length)
    model.names.push(key)
    model.lower.push(0)
    model.upper.push(most)
    return model.names.length - 1
  }
  const fix = (area_code: string, column: string, value: number | null): void => {
    const index = cell(area_code, column)
    if (value === null) return
    if (model.lower[index]! > value || model.upper[index]! < value)
      throw new Error(`two pages tell ${area_code} ${column} differently`)
    model.lower[index] = value
    model.upper[index] = value
  }
  const row = (terms: [number, number][], lower: number, upper: number): void => {
    model.rows.push({ columns: terms.map(([index]) => index), values: terms.map(([, value]) => value), lower, upper })
  }
  const columns = new Set<string>(plain)
  for (const page of pages) {
    for (const name of plain) fix(page.area_code, name, page[name])
    for (const { cause, households } of page.causes) {
      columns.add(`cause:${cause}`)
      fix(page.area_code, `cause:${cause}`, households)
    }
    for (const { year, ...counts } of page.by_year)
      for (const [name, value] of Object.entries(counts)) {
        columns.add(`${name}:${year}`)
        fix(page.area_code, `${name}:${year}`, value)
      }
    columns.add('poor_people')
    if (page.incidence !== null && page.people !== null)
      fix(page.area_code, 'poor_people', Math.round(page.incidence * page.people))
    for (const child of page.children) {
      fix(child.area_code, 'households', child.households)
      fix(child.area_code, 'registered', child.registered)
      fix(child.area_code, 'exited', child.exited)
    }
  }
  const children = Map.groupBy(
    [...parents].filter(([, parent]) => parent !== null),
    ([, parent]) => parent ?? '',
  )
  for (const [parent, below] of children)
    for (const column of columns)
      row([[cell(parent, column), 1], ...below.map(([code]): [number, number] => [cell(code, column), -1])], 0, 0)
  const all = [...columns]
  const years = (name: string) => all.filter((column) => column.startsWith(`${name}:`))
  for (const page of pages) {
    const own = (column: string) => cell(page.area_code, column)
    const atMost = (small: string[], great: string[]) =>
      row(
        [
          ...small.map((one): [number, number] => [own(one), 1]),
          ...great.map((one): [number, number] => [own(one), -1]),
        ],
        -Infinity,
        0,
      )
    atMost(['registered'], ['households'])
    atMost(['households'], ['people'])
    atMost(['exited'], ['registered'])
    atMost(['helped'], ['registered'])
    atMost(['poor_people'], ['people'])
    atMost(years('cause'), ['registered'])
    // Every registered household was registered in one of the years.
    atMost(years('registered'), ['registered'])
    if (years('registered').length > 0) atMost(['registered'], years('registered'))
    for (const year of years('helped')) atMost([year], ['helped'])
    if (years('helped').length > 0) atMost(['helped'], years('helped'))
    if (years('exited').length > 0) atMost(['exited'], years('exited'))
    for (const year of years('exited')) atMost([year], ['registered'])
  }
  return model
}

/** The least and the greatest that each withheld cell can be. */
export async function attack(pages: readonly Page[], parents: ReadonlyMap<string, string | null>): Promise<Known[]> {
  const highs = await loadSolver()
  const model = modelOf(pages, parents)
  const { constants } = highs
  const starts = new Int32Array(model.rows.length + 1)
  for (const [index, each] of model.rows.entries()) starts[index + 1] = starts[index]! + each.columns.length
  const hidden = model.names.flatMap((name, index) => (model.lower[index] === model.upper[index] ? [] : [index]))
  const bounded = (values: number[]) =>
    values.map((value) => (value === Infinity ? highs.infinity : value === -Infinity ? -highs.infinity : value))
  return highs.withModel(
    {
      numCols: model.names.length,
      numRows: model.rows.length,
      sense: constants.objectiveSense.minimize,
      colCost: model.names.map(() => 0),
      colLower: model.lower,
      colUpper: model.upper,
      rowLower: bounded(model.rows.map((each) => each.lower)),
      rowUpper: bounded(model.rows.map((each) => each.upper)),
      matrix: {
        format: 'csr',
        numCols: model.names.length,
        numRows: model.rows.length,
        starts,
        indices: Int32Array.from(model.rows.flatMap((each) => each.columns)),
        values: Float64Array.from(model.rows.flatMap((each) => each.values)),
      },
    },
    (instance): Known[] => {
      instance.options.set({ output_flag: false, presolve: 'off' })
      const best = (index: number, sign: 1 | -1): number => {
        instance.changeColCost(index, sign)
        instance.run()
        const status = instance.getModelStatus()
        const value = instance.getObjectiveValue()
        // Changing the model forgets its answer.
        instance.changeColCost(index, 0)
        if (status === constants.modelStatus.optimal) return sign * value
        throw new Error(`the solver ended with ${String(status)}: what the pages tell cannot be so`)
      }
      return hidden.flatMap((index) => {
        const [area_code = '', column = ''] = model.names[index]!.split(' ')
        // Counts are whole.
        const least = Math.ceil(best(index, 1) - 1e-6)
        const greatest = Math.floor(best(index, -1) + 1e-6)
        // Nought is told by the rule: of nobody there are no people, whose share is then not said.
        return column === 'poor_people' && greatest === 0 ? [] : [{ area_code, column, least, greatest }]
      })
    },
  )
}
