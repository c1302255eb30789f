// Two XForms that mean the same are made to look the same, for the conformance test.
import type { XmlElement } from '../xml.ts'
import { isElement } from '../xml.ts'

const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

/** One line per node: sorted attributes, white space squeezed, prefixes kept. */
export function canonicalLines(node: XmlElement, depth = 0): string[] {
  const pad = '  '.repeat(depth)
  const attributes = Object.entries(node.attributes)
    .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
    .map(([key, value]) => `${key}="${squeeze(value)}"`)
    .sort()
  const lines = [`${pad}<${[node.name, ...attributes].join(' ')}>`]
  // The forms of one text (plain, guidance, image) are a set.
  const form = (child: XmlElement | string) => (isElement(child) ? (child.attributes['form'] ?? '') : '')
  const children =
    node.name === 'text' ? [...node.children].sort((a, b) => form(a).localeCompare(form(b))) : node.children
  for (const child of children) {
    if (isElement(child)) lines.push(...canonicalLines(child, depth + 1))
    else if (squeeze(child) !== '') lines.push(`${pad}  ${squeeze(child)}`)
  }
  return lines
}
