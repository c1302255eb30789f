// Fitted values written into a pack's parameters file: dated, with their source, beside those of other days. Comments,
// words and order stay as the author wrote them.
import { isMap, isSeq, parseDocument, Scalar, YAMLMap } from 'yaml'
import type { Source } from '../schema/schema.ts'

/**
 * The text of rules/parameters.yaml with `values` (parameter -> whole number) in force from the day `from`; a value of
 * the same day is replaced. `source` stands once among the file's sources, as `fit_<day>`, and the values point to it.
 * Throws where the file lacks one of the parameters.
 */
export function writeValues(text: string, values: Record<string, number>, from: string, source: Source): string {
  const document = parseDocument(text)
  const anchor = `fit_${from.replaceAll('-', '_')}`
  const node = document.createNode({ ...source, date: quoted(source.date) })
  node.anchor = anchor
  document.setIn(['sources', anchor], node)
  const list = document.get('parameters')
  const entries = isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : []
  for (const [code, value] of Object.entries(values)) {
    const held = entries.find((entry) => entry.get('code') === code)?.get('values')
    if (!isSeq(held)) throw new RangeError(`rules/parameters.yaml has no parameter ${code}.`)
    const written = new YAMLMap()
    written.flow = true
    for (const [key, part] of Object.entries({ from: quoted(from), value, confidence: source.confidence }))
      written.set(key, part)
    written.set('source', document.createAlias(node, anchor))
    held.items = held.items.filter((item) => !(isMap(item) && item.get('from') === from && !item.has('area')))
    held.add(written)
  }
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: true })
}

/** Other readers of YAML take a bare 2014-07-01 for a date; the pack's are text. */
function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text)
  scalar.type = Scalar.QUOTE_SINGLE
  return scalar
}
