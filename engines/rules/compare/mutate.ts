import { dateText } from '../run/dates.ts'
import { pick } from './random.ts'
import { boundsOf } from '../schema.ts'
import { childrenOf } from '../tree.ts'
import type { Random } from './random.ts'
import type { FieldType, RuleRecord, RuleSchema } from '../schema.ts'
import type { Node } from '../tree.ts'
import type { Candidate, Search } from '../contradict/witness.ts'

/** The longest list that is made. */
const MOST_ITEMS = 4

type Mutator = {
  /** A record to begin from, over `start` where given. */
  fresh: (start: RuleRecord | undefined) => Candidate
  /** The candidate with one or two things changed. */
  changed: (candidate: Candidate) => Candidate
}

/** Makes and changes records in the fields that the rules read, with the values that the rules speak of. */
export function mutator(
  nodes: Node[],
  schema: RuleSchema,
  derived: Map<string, Node>,
  search: Search,
  random: Random,
): Mutator {
  const uses = usesOf(nodes, derived)
  const { numbers, words, dates } = literalsOf(nodes, search)
  const value = (type: FieldType): unknown => {
    switch (type.type) {
      case 'bool':
        return random() < 0.5
      case 'choice':
        return pick(random, type.choices ?? words)
      case 'choices':
        return (type.choices ?? words).filter(() => random() < 0.3)
      case 'text':
        return pick(random, words)
      case 'date':
        return pick(random, dates)
      default: {
        const { lo, hi } = boundsOf(type)!
        const near = pick(random, numbers) + pick(random, [-1, 0, 0, 1])
        const size = 10 ** Math.floor(random() * 8)
        const drawn = pick(random, [
          near,
          near,
          near * pick(random, [2, 3, 4, 10]),
          Math.floor(random() * size),
          lo,
          hi,
        ])
        const whole = type.type === 'decimal' ? drawn : Math.trunc(drawn)
        return Math.min(Math.max(whole, lo), hi)
      }
    }
  }
  const item = (list: string): RuleRecord =>
    Object.fromEntries([...uses.lists.get(list)!].map((field) => [field, value(schema.lists[list]![field]!)]))

  const fresh: Mutator['fresh'] = (start) => {
    const record: RuleRecord = { ...start }
    for (const field of uses.fields) record[field] ??= value(schema.household[field]!)
    for (const list of uses.lists.keys()) record[list] ??= []
    const params: RuleRecord = { ...search.params }
    if (!search.params) for (const name of uses.parameters) params[name] = value(schema.parameters[name]!)
    return { record, params }
  }
  const changeList = (items: RuleRecord[], list: string): RuleRecord[] => {
    const draw = random()
    if (draw < 0.1) return []
    if (items.length === 0 || (draw < 0.3 && items.length < MOST_ITEMS)) return [...items, item(list)]
    const index = Math.floor(random() * items.length)
    if (draw < 0.4) return items.toSpliced(index, 1)
    const fields = [...uses.lists.get(list)!]
    if (fields.length === 0) return items
    const field = pick(random, fields)
    return items.with(index, { ...items[index], [field]: value(schema.lists[list]![field]!) })
  }
  const places = [
    ...[...uses.fields].map((field) => ({ field })),
    ...[...uses.lists.keys()].map((list) => ({ list })),
    ...(search.params ? [] : [...uses.parameters].map((name) => ({ name }))),
  ]
  const once = ({ record, params }: Candidate): Candidate => {
    if (places.length === 0) return { record, params }
    const place = pick(random, places)
    if ('name' in place) return { record, params: { ...params, [place.name]: value(schema.parameters[place.name]!) } }
    if ('list' in place) {
      const items = (record[place.list] ?? []) as RuleRecord[]
      return { record: { ...record, [place.list]: changeList(items, place.list) }, params }
    }
    const answer = random() < 0.05 ? null : value(schema.household[place.field]!)
    return { record: { ...record, [place.field]: answer }, params }
  }
  return { fresh, changed: (candidate) => (random() < 0.3 ? once(once(candidate)) : once(candidate)) }
}

function usesOf(nodes: Node[], derived: Map<string, Node>) {
  const fields = new Set<string>()
  const lists = new Map<string, Set<string>>()
  const parameters = new Set<string>()
  const inList = (list: string): Set<string> => {
    if (!lists.has(list)) lists.set(list, new Set())
    return lists.get(list)!
  }
  const walk = (node: Node): void => {
    if (node.op === 'read' || node.op === 'has') {
      if (node.list !== null) inList(node.list).add(node.field)
      else if (!derived.has(node.field)) fields.add(node.field)
    }
    if (node.op === 'aggregate' || node.op === 'has_list') inList(node.list)
    if (node.op === 'parameter') parameters.add(node.name)
    childrenOf(node).forEach(walk)
  }
  nodes.forEach(walk)
  return { fields, lists, parameters }
}

/** The numbers, words and days the rules name; days also by age, from the day of reference back. */
function literalsOf(nodes: Node[], search: Search): { numbers: number[]; words: string[]; dates: string[] } {
  const numbers = new Set([0, 1, 2])
  const words = new Set(['a'])
  const dates = new Set([search.reference_date])
  for (const value of Object.values(search.params ?? {})) if (typeof value === 'number') numbers.add(value)
  const walk = (node: Node): void => {
    if (node.op === 'literal' && typeof node.value === 'number') numbers.add(node.value)
    if (node.op === 'literal' && typeof node.value === 'string') (node.type === 'date' ? dates : words).add(node.value)
    childrenOf(node).forEach(walk)
  }
  nodes.forEach(walk)
  const year = Number(search.reference_date.slice(0, 4))
  for (const years of [1, 3, 8, 14, 17, 30, 45, 61, 75]) {
    if (year > years) dates.add(dateText((year - years) * 10_000 + 601))
  }
  return { numbers: [...numbers], words: [...words], dates: [...dates] }
}
