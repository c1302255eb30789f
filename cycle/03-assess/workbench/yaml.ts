// Changing a YAML node towards a value: what stays the same keeps its node, and with it comments, quotes and aliases.
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml'
import { deepEqual } from './equal.ts'
import { isObject } from './plain-object.ts'

/** The node that stands for `value`: the old one, changed only where it says something else, or a new one. */
export function amend(doc: Document, node: unknown, value: unknown): Node {
  const now: unknown = isNode(node) ? node.toJS(doc) : undefined
  if (isNode(node) && deepEqual(now, value)) return node
  // What an alias points to belongs to others as well, and so does what carries an anchor.
  const own = isNode(node) && !isAlias(node) && node.anchor === undefined
  return (own && amendInPlace(doc, node, value)) || doc.createNode(value)
}

/** The node itself where it is of the value's kind (map, list or single value); null otherwise. */
function amendInPlace(doc: Document, node: Node, value: unknown): Node | null {
  if (isMap(node) && isObject(value) && !node.items.some(isMerge)) {
    node.items = node.items.filter((pair) => Object.hasOwn(value, keyOf(pair)))
    for (const [key, inner] of Object.entries(value)) {
      const pair = node.items.find((each) => keyOf(each) === key)
      if (pair) pair.value = amend(doc, pair.value, inner)
      else node.items.push(doc.createPair(key, inner))
    }
    return node
  }
  if (isSeq(node) && Array.isArray(value)) {
    node.items = amendList(doc, node.items, value)
    return node
  }
  if (isScalar(node) && !isObject(value) && !Array.isArray(value)) {
    const same = typeof node.value === typeof value
    node.value = value
    // A rule that grew long is folded as its neighbours are; a number keeps no quotes of a text.
    if (!same) delete node.type
    return node
  }
  return null
}

/** An item that stays keeps its node wherever it goes; another is amended from the one in its place, or made new. */
function amendList(doc: Document, nodes: unknown[], values: unknown[]): Node[] {
  const now = nodes.map((node): unknown => (isNode(node) ? node.toJS(doc) : undefined))
  const taken = new Set<number>()
  const kept = values.map((value) => {
    const at = now.findIndex((each, index) => !taken.has(index) && deepEqual(each, value))
    if (at >= 0) taken.add(at)
    return at
  })
  return values.map((value, index) => {
    const same = nodes[kept[index] ?? -1]
    if (isNode(same)) return same
    const free = index < nodes.length && !taken.has(index)
    if (free) taken.add(index)
    return amend(doc, free ? nodes[index] : undefined, value)
  })
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)
const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)
const isMerge = (pair: Pair): boolean => keyOf(pair) === '<<'
