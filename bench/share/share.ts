// npm run bench:share [-- --households 20000]: whole plans shared out over a county with money at three levels and posts, beside
// the whole problem handed to HiGHS as it is. Both in one go; prints seconds, their ratio and both gaps to the proven bound.
import { parseArgs } from 'node:util'
import { limitRows } from '#engines/allocation/share/model.ts'
import { shareOut } from '#engines/allocation/share/share.ts'
import type { Bundle, Draw } from '#engines/allocation/share/types.ts'
import { solveLinear } from '#engines/allocation/solver.ts'

const { values: asked } = parseArgs({
  options: {
    households: { type: 'string', default: '20000' },
    floor: { type: 'string', default: '0.8' },
    money: { type: 'string', default: '50' },
    nodes: { type: 'string', default: '20' },
  },
})
const households = Number(asked.households)
const measures = 25
const batches = 5

/** Numbers from 0 to 1 of a fixed seed (Park and Miller 1988). */
function draws(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const random = draws(20_141_130)
const pools: Record<string, number> = {}
const add = (pool: string, amount: number) => (pools[pool] = (pools[pool] ?? 0) + amount)
const share = Number(asked.money) / 100
const bundles = Array.from({ length: households }, (_, i): Bundle => {
  const village = Math.floor(random() * 400)
  const town = Math.floor(village / 20)
  const own = new Set(Array.from({ length: 2 + Math.floor(random() * 4) }, () => Math.floor(random() * measures)))
  const parts = [...own].map((measure): Draw => {
    const batch = measure % batches
    const amount = Math.round((200 + random() ** 3 * 20_000) * 100)
    // A fifth of the money lies in the villages, three in the townships, one in the county.
    for (const [pool, part] of [
      [`v${village}:${batch}`, 0.2],
      [`t${town}:${batch}`, 0.6],
      [`c:${batch}`, 0.2],
    ] as const)
      add(pool, Math.floor(amount * share * part))
    return { pools: [`v${village}:${batch}`, `t${town}:${batch}`, `c:${batch}`], amount }
  })
  const post = own.has(7) ? [{ pools: [`posts${town}`], amount: 1 }] : []
  if (post.length > 0) add(`posts${town}`, 0.4)
  return {
    unit_id: `h${i}`,
    place: `v${village}`,
    weight: 1 + Math.round(random() * 100) / 100,
    draws: [...parts, ...post],
  }
})
for (const pool of Object.keys(pools)) pools[pool] = Math.floor(pools[pool] ?? 0)

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; found: T }> {
  const began = performance.now()
  const found = await work()
  return { seconds: (performance.now() - began) / 1000, found }
}
const percent = (part: number) => `${(part * 100).toFixed(3)} %`

// Loads the solver, so that neither side pays for it.
await shareOut({ bundles: bundles.slice(0, 50), pools })
const ours = await timed(() => shareOut({ bundles, pools }))
const fair = await timed(() => shareOut({ bundles, pools, floor: Number(asked.floor) }))
const limits = limitRows(bundles, pools)
const flows = Array.from({ length: limits.variables - limits.bundles }, () => 0)
const whole = await timed(() =>
  solveLinear(
    {
      gains: [...bundles.map((each) => each.weight), ...flows],
      lower: Array.from({ length: limits.variables }, () => 0),
      upper: [...bundles.map(() => 1), ...flows.map(() => Infinity)],
      rows: limits.rows,
    },
    { integer: true, whole: limits.bundles, relative_gap: 1e-3, node_limit: Number(asked.nodes) },
  ),
)
const theirs = bundles.reduce((sum, each, i) => sum + Math.round(whole.found.values[i] ?? 0) * each.weight, 0)
const bound = Math.min(ours.found.bound, whole.found.bound)
const worst = (of: Map<string, number>) => percent(Math.min(...of.values()))
console.log(
  `${households} plans of ${measures} measures, ${Object.keys(pools).length} pools, ${asked.money} % of the money`,
)
console.log(
  `ours: ${ours.seconds.toFixed(1)} s, ${ours.found.served.length} whole plans, gap ${percent(1 - ours.found.value / bound)}, least served village ${worst(ours.found.served_share)}`,
)
console.log(
  `with a floor of ${asked.floor}: ${fair.seconds.toFixed(1)} s, ${fair.found.served.length} whole plans, gap ${percent(fair.found.gap)} (its own bound), least served village ${worst(fair.found.served_share)}`,
)
console.log(
  `HiGHS alone, to a gap of 0.1 % or ${asked.nodes} nodes: ${whole.seconds.toFixed(1)} s, gap ${percent(1 - theirs / bound)}`,
)
console.log(`time, ours to HiGHS alone: ${(ours.seconds / whole.seconds).toFixed(2)}`)
