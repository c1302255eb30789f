// What XPath expressions work on: nodes with parents, and the conversions between the four types of value.
import type { XmlElement } from '../xml.ts'

/** A tree with parents, which paths walk. `name` as written, prefix included; text and attribute nodes hold `text`. */
export type Node = {
  kind: 'document' | 'element' | 'attribute' | 'text'
  name: string
  parent?: Node
  children: Node[]
  attributes: Node[]
  text: string
}
export type Result = string | number | boolean | Node[]
export type Context = { node: Node; position: number; size: number; env: Environment }
export type Environment = {
  /** The node an expression belongs to: what `current()` gives. */
  current: Node
  /** `YYYY-MM-DD` and ISO date-time, given from outside: an engine has no clock. */
  today: string
  now: string
  /** Secondary instances by id: the document whose child is `root`. */
  instance: (id: string) => Node | undefined
}

/** Thrown for a function this evaluator does not have; the expression then stays unchecked. */
export class XPathUnsupported extends Error {}

const leaf = (kind: 'attribute' | 'text', name: string, parent: Node, text: string): Node => ({
  kind,
  name,
  parent,
  children: [],
  attributes: [],
  text,
})

/** Gives a parsed document the parent links that paths need. */
export function documentNode(root: XmlElement): Node {
  const document: Node = { kind: 'document', name: '', children: [], attributes: [], text: '' }
  const build = (from: XmlElement, parent: Node): Node => {
    const node: Node = { kind: 'element', name: from.name, parent, children: [], attributes: [], text: '' }
    node.attributes = Object.entries(from.attributes).map(([name, value]) => leaf('attribute', name, node, value))
    node.children = from.children.map((child) =>
      typeof child === 'string' ? leaf('text', '', node, child) : build(child, node),
    )
    return node
  }
  document.children.push(build(root, document))
  return document
}

export function stringOf(node: Node): string {
  return node.kind === 'attribute' || node.kind === 'text' ? node.text : node.children.map(stringOf).join('')
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:?\d\d)?)?$/

/** Number of a text; a date counts its days since 1970-01-01, as ODK clients do. */
export function textToNumber(text: string): number {
  const trimmed = text.trim()
  if (/^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed)
  const date = DATE.exec(trimmed)
  if (!date) return Number.NaN
  const day = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])) / 86_400_000
  return date[4] === undefined
    ? day
    : day + (Number(date[4]) * 3600 + Number(date[5]) * 60 + Number(date[6] ?? 0)) / 86_400
}

export function toText(value: Result): string {
  if (Array.isArray(value)) return value[0] ? stringOf(value[0]) : ''
  return String(value)
}

export function toNumber(value: Result): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return textToNumber(toText(value))
}

export function toBoolean(value: Result): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value)
  return typeof value === 'string' ? value !== '' : value
}
