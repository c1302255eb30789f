// Which public counts are withheld. Small counts point at families; and what is withheld must not come back by
// subtracting what is published. The rule is made so that it can be proved:
//
// A table is published group by group of columns (registered; helped, by year; left, by year; causes ...). A group
// counts households of its base (the registered, of the households). At an area a group is published wholly or not at
// all, and below an area at which it is not published, nowhere. The areas below a published one at which it is not
// published form a pool. Of a pool everybody can work out the sum of every column, and (where the base is published) how
// many base households each area has: nothing more, because every exchange of households between the areas of a pool
// leaves all that is published as it is. So what can be known of a cell is the interval of a two-way table with known
// margins (Fréchet 1940),
//   max(0, base + sum - all) ... min(base, sum),
// whose width is the smallest of base, sum, all - base and all - sum. All four are kept at the smallest cell or above.
// Method: Hundepool et al., Statistical Disclosure Control (2012), chapter 4; here whole rows are taken instead of
// cells, which gives more away to caution and needs no solver. `npm run check:open-data` tries to break it with one.

export interface Area {
  area_code: string
  parent_code: string | null
  counts: Readonly<Record<string, number>>
}

export interface Group {
  name: string
  /** The column that counts those among whom this group counts; null for the first group. */
  base: string | null
  /** Columns that stand or fall with the group. */
  columns: readonly string[]
  /** Columns that split the base without rest or overlap: small ones can be published as one, without their names. */
  parts?: readonly string[]
  /** Told with the group, and no counts of households themselves. */
  beside?: readonly string[]
}

/** The public value of every column at every area; null where it is withheld. */
export type Published = Map<string, Record<string, number | null>>

interface Node extends Area {
  children: Node[]
}

type Columns = readonly { name: string; of: readonly string[] }[]

const valueOf = (node: Area, column: Columns[number]): number =>
  column.of.reduce((sum, name) => sum + (node.counts[name] ?? 0), 0)

/** Neither the counted nor those beside them are few. */
const fits = (value: number, base: number | null, smallest: number): boolean =>
  value === 0 || value === base || (value >= smallest && (base === null || base - value >= smallest))

/** Small parts of the whole published as one: at least two, and together no small cell. */
function together(root: Area, base: number, parts: readonly string[], smallest: number): Columns {
  const count = (name: string) => root.counts[name] ?? 0
  const ordered = [...parts].filter((name) => count(name) > 0).sort((a, b) => count(a) - count(b))
  let taken = ordered.filter((name) => !fits(count(name), null, smallest)).length
  const sum = () => ordered.slice(0, taken).reduce((total, name) => total + count(name), 0)
  if (taken > 0) while (taken < ordered.length && (taken < 2 || !fits(sum(), base, smallest))) taken += 1
  const rest = ordered.slice(0, taken)
  const named = ordered.slice(taken).map((name) => ({ name, of: [name] }))
  return rest.length === 0 ? named : [...named, { name: '', of: rest }]
}

interface Pool {
  sums: number[]
  all: number
}

/**
 * What may be published. `areas`: one tree, each area's counts the sum of those below it. Groups in order: a base before what
 * counts among it.
 */
export function withhold(areas: readonly Area[], groups: readonly Group[], smallest: number): Published {
  const nodes = new Map(areas.map((area): [string, Node] => [area.area_code, { ...area, children: [] }]))
  for (const node of nodes.values()) nodes.get(node.parent_code ?? '')?.children.push(node)
  const root = [...nodes.values()].find((node) => node.parent_code === null || !nodes.has(node.parent_code))
  const published: Published = new Map(areas.map((area) => [area.area_code, {}]))
  if (root) for (const group of groups) publishGroup(root, group, published, smallest)
  return published
}

/** One group to publish over the tree below `root`: the values go into `published`. */
interface GroupToPublish {
  root: Node
  group: Group
  columns: Columns
  published: Published
  smallest: number
}

function publishGroup(root: Node, group: Group, published: Published, smallest: number): void {
  const publishing = { root, group, columns: columnsOf(root, group, smallest), published, smallest }
  // An area whose pool cannot be made safe is not published itself, and all is begun again: once for each such area at most.
  const forced = new Set<Node>()
  for (;;) {
    const plan = planGroup(publishing, forced)
    if (plan instanceof Map) return write(publishing, plan)
    forced.add(plan)
  }
}

function columnsOf(root: Node, group: Group, smallest: number): Columns {
  const base = group.base === null ? null : (root.counts[group.base] ?? 0)
  const own = group.columns.map((name) => ({ name, of: [name] }))
  return group.parts && base !== null ? [...own, ...together(root, base, group.parts, smallest)] : own
}

/** The areas at which the group is published, and the pool of each at which it is not; or the area that has to be given up. */
function planGroup(
  publishing: GroupToPublish,
  forced: ReadonlySet<Node>,
): Map<Node, Pool | 'published' | 'closed'> | Node {
  const { root, group, columns, published, smallest } = publishing
  const baseOf = (node: Node): number | null => (group.base === null ? null : (node.counts[group.base] ?? 0))
  const weight = (node: Node): number => baseOf(node) ?? valueOf(node, columns[0] ?? { name: '', of: [] })
  const safe = (node: Node): boolean =>
    !forced.has(node) &&
    (group.base === null || published.get(node.area_code)?.[group.base] != null) &&
    columns.every((column) => fits(valueOf(node, column), baseOf(node), smallest))
  const plan = new Map<Node, Pool | 'published' | 'closed'>()
  const open: Node[] = []
  if (safe(root)) open.push(root)
  else plan.set(root, 'closed')
  for (let parent = open.pop(); parent; parent = open.pop()) {
    plan.set(parent, 'published')
    const held = new Set(parent.children.filter((child) => weight(child) > 0 && !safe(child)))
    const rest = parent.children.filter((child) => weight(child) > 0 && !held.has(child))
    rest.sort((a, b) => weight(b) - weight(a))
    while (!poolHolds([...held], publishing, weight)) {
      const next = rest.pop()
      if (!next) return parent
      held.add(next)
    }
    const pool = poolOf([...held], columns, weight)
    for (const child of parent.children) {
      if (held.has(child)) plan.set(child, pool)
      else open.push(child)
    }
  }
  return plan
}

function poolOf(held: readonly Node[], columns: Columns, weight: (node: Node) => number): Pool {
  const sums = columns.map((column) => held.reduce((sum, node) => sum + valueOf(node, column), 0))
  return { sums, all: held.reduce((sum, node) => sum + weight(node), 0) }
}

function poolHolds(
  held: readonly Node[],
  { columns, group, smallest }: GroupToPublish,
  weight: (node: Node) => number,
): boolean {
  if (held.length === 0) return true
  const { sums, all } = poolOf(held, columns, weight)
  // Of a first group nothing but the sum is known.
  if (group.base === null) return held.length >= 2 && all >= smallest
  return sums.every((sum) => fits(sum, all, smallest)) && held.every((node) => all - weight(node) >= smallest)
}

/** What a pool's sum gives away of each area in it: none has it, or all have; `otherwise` where it gives nothing away. */
function impliedBy(pool: Pool, index: number, base: number | null, otherwise: number | null): number | null {
  const sum = pool.sums[index]
  return sum === 0 ? 0 : sum === pool.all ? base : otherwise
}

/** Where all of the base fall into one part, that part is the base: withheld, everybody would know it all the same. */
const isBase = (group: Group, columns: Columns): boolean =>
  group.parts !== undefined && group.columns.length === 0 && columns.length === 1

/** What everybody knows of an area without being told: nobody of nobody, none of a first group, the base where it is one part. */
function plainly(base: number | null | undefined, value: number, is_base: boolean): number | null {
  if (base === 0 || (base === undefined && value === 0)) return 0
  return is_base ? (base ?? null) : null
}

/** What stands beside a group: with it where it is published; nothing where nobody is counted; else withheld. */
const besideOf = (published: boolean, value: number, empty: boolean): number | null =>
  published ? value : empty ? 0 : null

/** The values: published, or what the pool's sums say anyway (none has it, or all have). */
function write(
  { root, group, columns, published }: GroupToPublish,
  plan: ReadonlyMap<Node, Pool | 'published' | 'closed'>,
): void {
  const is_base = isBase(group, columns)
  const stack: [Node, Pool | 'published' | 'closed'][] = [[root, plan.get(root) ?? 'closed']]
  for (let item = stack.pop(); item; item = stack.pop()) {
    const [node, state] = item
    const values = published.get(node.area_code) ?? {}
    const base = group.base === null ? undefined : values[group.base]
    columns.forEach((column, index) => {
      const value = valueOf(node, column)
      const none = plainly(base, value, is_base)
      const shown =
        state === 'published' ? value : state === 'closed' ? none : impliedBy(state, index, base ?? null, none)
      // Parts published as one have no value of their own, unless none of them is there.
      for (const name of column.of) values[name] = column.of.length === 1 || shown === 0 ? shown : null
    })
    for (const name of group.parts ?? []) if ((root.counts[name] ?? 0) === 0) values[name] = 0
    const empty = columns.every((each) => values[each.of[0] ?? ''] === 0)
    for (const name of group.beside ?? []) values[name] = besideOf(state === 'published', node.counts[name] ?? 0, empty)
    published.set(node.area_code, values)
    for (const child of node.children) stack.push([child, plan.get(child) ?? state])
  }
}
