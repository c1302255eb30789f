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

/** `upper` >= sum of coefficient x variable; variables lie in [lower, 1]. */
export type Row = { upper: number; columns: number[]; values: number[] }

export type BinaryModel = { gains: number[]; lower: number[]; rows: Row[] }

export type Solved = { status: 'solved' | 'infeasible' | 'stopped'; values: Float64Array; bound: number }

/**
 * Maximises gains x variables. `integer` asks for 0 or 1, else anything between. No clock decides: the limit is on
 * nodes, so that the same model gives the same answer on a slow machine. `bound` is proven: nothing exceeds it.
 */
export async function solveBinary(
  model: BinaryModel,
  of: { integer: boolean; relative_gap: number; node_limit: number },
): Promise<Solved> {
  const highs = await loadSolver()
  const n = model.gains.length
  const starts = new Int32Array(model.rows.length + 1)
  for (const [i, row] of model.rows.entries()) starts[i + 1] = starts[i]! + row.columns.length
  const { constants } = highs
  return highs.withModel(
    {
      numCols: n,
      numRows: model.rows.length,
      sense: constants.objectiveSense.maximize,
      colCost: model.gains,
      colLower: model.lower,
      colUpper: model.gains.map(() => 1),
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
      ...(of.integer ? { integrality: model.gains.map(() => constants.variableType.integer) } : {}),
    },
    (instance): Solved => {
      instance.options.set({ output_flag: false, random_seed: 0 })
      if (of.integer) instance.options.set({ mip_rel_gap: of.relative_gap, mip_max_nodes: of.node_limit })
      instance.run()
      const status = instance.getModelStatus()
      const { modelStatus } = constants
      if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) {
        return { status: 'infeasible', values: new Float64Array(n), bound: -Infinity }
      }
      const solved = status === modelStatus.optimal
      const bound = of.integer ? Number(instance.info.get('mip_dual_bound')) : instance.getObjectiveValue()
      return { status: solved ? 'solved' : 'stopped', values: instance.getSolution().colValue, bound }
    },
  )
}
