import loadHighs, { type Highs, type InitOptions } from 'highs'

// The package's types describe its CommonJS build, its import the ES module, whose default is the loader itself.
const load = loadHighs as unknown as typeof loadHighs.default

let loading: Promise<Highs> | undefined

/**
 * The HiGHS solver (Huangfu and Hall 2018), compiled to WebAssembly, loaded once. In a browser pass `locateFile` (or
 * the bytes) the first time, for the bundler names the file. Solving blocks the thread: use a worker for long ones.
 */
export function loadSolver(options?: InitOptions): Promise<Highs> {
  loading ??= load(options).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

/** `upper` >= sum of coefficient x variable. */
export type Row = { upper: number; columns: number[]; values: number[] }

/** Variables lie in [lower, upper]; upper is 1 where absent. */
export type LinearModel = { gains: number[]; lower: number[]; upper?: number[]; rows: Row[] }

export type Solved = {
  status: 'solved' | 'infeasible' | 'stopped'
  values: Float64Array
  bound: number
  /** What one more of a variable would bring (0 where integers are asked for). */
  reduced: Float64Array
  /** What one more of a row's limit would bring. */
  prices: Float64Array
}

interface Asked {
  integer: boolean
  /** With `integer`: so many variables, the first ones, are whole; all where absent. */
  whole?: number
  relative_gap: number
  node_limit: number
}

/**
 * Maximises gains x variables. `integer` asks for whole numbers, else anything between. No clock decides: the limit is on
 * nodes, so that the same model gives the same answer on a slow machine. `bound` is proven: nothing exceeds it.
 */
export async function solveLinear(model: LinearModel, asked: Asked): Promise<Solved> {
  const highs = await loadSolver()
  const n = model.gains.length
  const starts = new Int32Array(model.rows.length + 1)
  let entries = 0
  for (const [i, row] of model.rows.entries()) {
    entries += row.columns.length
    starts[i + 1] = entries
  }
  const { constants } = highs
  return highs.withModel(
    {
      numCols: n,
      numRows: model.rows.length,
      sense: constants.objectiveSense.maximize,
      colCost: model.gains,
      colLower: model.lower,
      colUpper: model.upper ?? model.gains.map(() => 1),
      rowLower: model.rows.map(() => -highs.infinity),
      rowUpper: model.rows.map((row) => row.upper),
      matrix: {
        format: 'csr',
        numCols: n,
        numRows: model.rows.length,
        starts,
        indices: Int32Array.from(model.rows.flatMap((row) => row.columns)),
        values: Float64Array.from(model.rows.flatMap((row) => row.values)),
      },
      ...(asked.integer
        ? {
            integrality: model.gains.map((_, column) =>
              column < (asked.whole ?? n) ? constants.variableType.integer : constants.variableType.continuous,
            ),
          }
        : {}),
    },
    (instance): Solved => {
      instance.options.set({ output_flag: false, random_seed: 0 })
      if (asked.integer) instance.options.set({ mip_rel_gap: asked.relative_gap, mip_max_nodes: asked.node_limit })
      instance.run()
      const status = instance.getModelStatus()
      const { modelStatus } = constants
      if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) {
        const none = new Float64Array(n)
        return { status: 'infeasible', values: none, bound: -Infinity, reduced: none, prices: new Float64Array(0) }
      }
      const solved = status === modelStatus.optimal
      const bound = asked.integer ? Number(instance.info.get('mip_dual_bound')) : instance.getObjectiveValue()
      const { colValue, colDual, rowDual } = instance.getSolution()
      return { status: solved ? 'solved' : 'stopped', values: colValue, bound, reduced: colDual, prices: rowDual }
    },
  )
}
