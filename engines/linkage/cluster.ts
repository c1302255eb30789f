/** Clusters by union-find over integer nodes: `parents[i]` is the smallest node of the cluster of i. */
export function unionFind(size: number, edges: Iterable<readonly [number, number]>): Int32Array {
  const parents = new Int32Array(size)
  for (let i = 0; i < size; i++) parents[i] = i
  const find = (node: number): number => {
    let root = node
    while (parents[root] !== root) root = parents[root]!
    while (parents[node] !== root) [node, parents[node]] = [parents[node]!, root]
    return root
  }
  for (const [a, b] of edges) {
    const [x, y] = [find(a), find(b)]
    if (x < y) parents[y] = x
    else if (y < x) parents[x] = y
  }
  for (let i = 0; i < size; i++) parents[i] = find(i)
  return parents
}

/**
 * The cluster of every id under the given links, named by its first id in text order. A pure function of the links: take
 * a link out and compute again, and what it joined is apart as it was before.
 */
export function clustersOf(
  ids: readonly string[],
  links: readonly { left_id: string; right_id: string }[],
): Map<string, string> {
  const sorted = [...ids].sort()
  const index = new Map(sorted.map((id, i) => [id, i]))
  const edges = links.flatMap(({ left_id, right_id }): [number, number][] => {
    const [a, b] = [index.get(left_id), index.get(right_id)]
    return a === undefined || b === undefined ? [] : [[a, b]]
  })
  const parents = unionFind(sorted.length, edges)
  return new Map(sorted.map((id, i) => [id, sorted[parents[i]!]!]))
}
