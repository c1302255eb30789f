import { at, int } from '../at.ts'
import { byCodePoint } from '../compare/values.ts'

/** Union-find over the nodes 0..size-1, 4 bytes a node. */
export function forest(size: number) {
  const parents = new Int32Array(size)
  for (let i = 0; i < size; i++) parents[i] = i
  const find = (node: number): number => {
    let root = node
    for (let parent = int(parents, root); parent !== root; parent = int(parents, root)) root = parent
    // the path to it is made short for the next
    for (let parent = int(parents, node); parent !== root; parent = int(parents, node)) {
      parents[node] = root
      node = parent
    }
    return root
  }
  return {
    /** The two are of one cluster. */
    join(a: number, b: number): void {
      const [x, y] = [find(a), find(b)]
      if (x < y) parents[y] = x
      else if (y < x) parents[x] = y
    },
    /** The smallest node of the cluster of each. */
    roots(): Int32Array {
      for (let i = 0; i < size; i++) parents[i] = find(i)
      return parents
    },
  }
}

/** Clusters by union-find over integer nodes: `parents[i]` is the smallest node of the cluster of i. */
export function unionFind(size: number, edges: Iterable<readonly [number, number]>): Int32Array {
  const { join, roots } = forest(size)
  for (const [a, b] of edges) join(a, b)
  return roots()
}

/**
 * The cluster of every id under the given links, named by its first id in text order. A pure function of the links: take
 * a link out and compute again, and what it joined is apart as it was before.
 */
export function clustersOf(
  ids: readonly string[],
  links: readonly { left_id: string; right_id: string }[],
): Map<string, string> {
  const sorted = [...ids].sort(byCodePoint)
  const index = new Map(sorted.map((id, i) => [id, i]))
  const edges = links.flatMap(({ left_id, right_id }): [number, number][] => {
    const [a, b] = [index.get(left_id), index.get(right_id)]
    return a === undefined || b === undefined ? [] : [[a, b]]
  })
  const parents = unionFind(sorted.length, edges)
  return new Map(sorted.map((id, i) => [id, at(sorted, int(parents, i))]))
}
