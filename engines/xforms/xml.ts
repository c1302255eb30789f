// A small XML tree: what the form and submission writers build and what the safe reader returns.
// No node:* here, the browser uses it.
import { SaxesParser } from 'saxes'

export type XmlElement = { name: string; attributes: Record<string, string>; children: XmlNode[] }
export type XmlNode = XmlElement | string

/** Builds an element; attributes whose value is undefined are left out. */
export function element(
  name: string,
  attributes: Record<string, string | undefined> = {},
  children: readonly XmlNode[] = [],
): XmlElement {
  const kept: Record<string, string> = {}
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) kept[key] = value
  return { name, attributes: kept, children: [...children] }
}

// XML 1.0 section 2.2: these characters cannot stand in a document in any form, not even escaped.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** The text without what XML cannot carry: most control characters, lone surrogates (replaced by U+FFFD). */
export function sayable(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, '')
}

/** Escapes character data. Carriage returns are written as references, or a parser would turn them into newlines. */
export function escapeText(text: string): string {
  return sayable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

/** Escapes an attribute value for double quotes. Line breaks become references, or a parser would make them spaces. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

/** Writes an element with no white space of its own, so that reading it back gives the same tree. */
export function serialise(node: XmlNode): string {
  if (typeof node === 'string') return escapeText(node)
  const attributes = Object.entries(node.attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`)
    .join('')
  if (node.children.length === 0) return `<${node.name}${attributes}/>`
  return `<${node.name}${attributes}>${node.children.map(serialise).join('')}</${node.name}>`
}

/** A whole document: declaration and root. */
export function documentOf(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialise(root)}`
}

export type XmlProblem = { message: string; line: number; column: number }
export type XmlLimits = { bytes: number; depth: number; elements: number }

// 20 MB: more than a 30-person household by four orders of magnitude (field.md: 3.3 KB mean); photos travel beside the XML.
export const LIMITS: XmlLimits = { bytes: 20_000_000, depth: 64, elements: 200_000 }

const stop = (message: string, line = 1, column = 0) => ({ problem: { message, line, column } })

function refuse(message: string): never {
  throw new Error(message)
}

/**
 * Reads XML into a tree. Document type declarations are refused, so no entity is ever defined, expanded or fetched;
 * depth, size and number of elements are limited. Comments and processing instructions are dropped.
 */
export function parseXml(
  input: Uint8Array | string,
  limits: XmlLimits = LIMITS,
): { root: XmlElement } | { problem: XmlProblem } {
  if (input.length > limits.bytes) return stop(`the document is larger than ${limits.bytes} bytes`)
  let text: string
  try {
    text =
      typeof input === 'string' ? input.replace(/^\ufeff/, '') : new TextDecoder('utf-8', { fatal: true }).decode(input)
  } catch {
    return stop('the document is not UTF-8 text')
  }
  const parser = new SaxesParser({ xmlns: false })
  const stack: XmlElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  parser.on('error', (error) => {
    throw error
  })
  parser.on('doctype', () => refuse('a document type declaration is not accepted'))
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > limits.elements) refuse(`more than ${limits.elements} elements`)
    if (stack.length >= limits.depth) refuse(`elements nested deeper than ${limits.depth}`)
    const opened: XmlElement = { name: tag.name, attributes: { ...tag.attributes }, children: [] }
    stack.at(-1)?.children.push(opened)
    root ??= opened
    stack.push(opened)
  })
  parser.on('closetag', () => {
    stack.pop()
  })
  const take = (value: string) => {
    const parent = stack.at(-1)
    if (!parent || value === '') return
    const last = parent.children.length - 1
    if (typeof parent.children[last] === 'string') parent.children[last] += value
    else parent.children.push(value)
  }
  parser.on('text', take)
  parser.on('cdata', take)
  try {
    parser.write(text).close()
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^\d+:\d+: /, '') : String(error)
    return stop(message, parser.line, parser.column)
  }
  return root ? { root } : stop('the document has no element')
}

export const isElement = (node: XmlNode): node is XmlElement => typeof node !== 'string'

/** The element children of an element. */
export function elementsOf(parent: XmlElement): XmlElement[] {
  return parent.children.filter(isElement)
}

/** All text inside an element, joined. */
export function textOf(node: XmlNode): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('')
}

/** A tag or attribute name without its namespace prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
