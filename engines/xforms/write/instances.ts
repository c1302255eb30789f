// The instances of the model: the submission to be filled and the choice lists and files it reads.
import { isDynamic } from '../read/dynamic.ts'
import type { Writing } from './itext.ts'
import { isLive, isTranslated, putText } from './itext.ts'
import type { Choice, ChoiceList, Form, Item, Question } from '../model.ts'
import { refersToLastSaved } from '../read/references.ts'
import type { XmlElement, XmlNode } from '../xml.ts'
import { element } from '../xml.ts'

export const isExternal = (item: Item) => item.kind === 'question' && item.type.endsWith('-external')
export const inMeta = (item: Item) => item.kind === 'question' && item.type === 'audit'

function staticDefault(question: Question): XmlNode[] {
  const value = question.bind.default
  if (value === undefined || isDynamic(value, question.type)) return []
  if (question.type === 'image' && !value.includes('://')) return [`jr://images/${value}`]
  return [value]
}

/** How a repeat counts its entries: a reference is used as it is, anything else gets a node of its own. */
export const countNode = (item: Item) =>
  item.kind === 'repeat' && item.repeat_count !== undefined && !/^\$\{[^}]+\}$/.test(item.repeat_count.trim())
    ? `${item.name}_count`
    : undefined

/** Nodes of the primary instance. A repeat stands twice, as template and as first entry; templates do not nest in entries. */
export function primaryNodes(
  items: Item[],
  meta: (item: Item) => XmlElement | undefined,
  in_entry = false,
  in_repeat = false,
): XmlElement[] {
  return items.flatMap((item) => {
    if (isExternal(item) || inMeta(item)) return []
    const attributes = item.instance ?? {}
    if (item.kind === 'question') return [element(item.name, attributes, staticDefault(item))]
    const nodes = (entry: boolean) => {
      const inner = primaryNodes(item.items, meta, entry, item.kind === 'repeat')
      const own = meta(item)
      return own ? [...inner, own] : inner
    }
    if (item.kind === 'group') return [element(item.name, attributes, nodes(in_entry))]
    const count = countNode(item)
    const entries = [
      ...(in_entry ? [] : [element(item.name, { ...attributes, 'jr:template': '' }, nodes(false))]),
      // A repeat directly in the template of another has no first entry: a new outer entry begins with none.
      ...(in_repeat && !in_entry ? [] : [element(item.name, attributes, nodes(true))]),
    ]
    return count === undefined ? entries : [element(count), ...entries]
  })
}

// Asked for once per question of the list, and a list may have ten thousand choices.
const needs = new WeakMap<ChoiceList, boolean>()
/** True when a list's labels have to go through itext. */
export function listNeedsItext(list: ChoiceList): boolean {
  const known = needs.get(list)
  if (known !== undefined) return known
  const found = list.choices.some(
    (choice) =>
      isTranslated(choice.labels) || Object.keys(choice.media).length > 0 || Object.values(choice.labels).some(isLive),
  )
  needs.set(list, found)
  return found
}

function choiceItem(writing: Writing, list: ChoiceList, choice: Choice, at: number, translated: boolean): XmlElement {
  const children: XmlElement[] = []
  if (translated) {
    const id = `${list.name}-${at}`
    putText(writing, undefined, id, choice.labels, choice.media)
    children.push(element('itextId', {}, [id]))
  }
  children.push(element('name', {}, [choice.name]))
  const label = choice.labels['default']
  if (!translated && label !== undefined) children.push(element('label', {}, [label]))
  for (const [key, value] of Object.entries(choice.extra)) children.push(element(key, {}, [value]))
  return element('item', {}, children)
}

/** Secondary instance of a choice list. */
export function listInstance(writing: Writing, list: ChoiceList): XmlElement {
  const translated = listNeedsItext(list)
  const items = list.choices.map((choice, at) => choiceItem(writing, list, choice, at, translated))
  return element('instance', { id: list.name }, [element('root', {}, items)])
}

export type ExternalInstance = { id: string; src: string; row: number }

/** URI by which a form names a file that travels with it. */
export function fileUri(file: string): string {
  return file.endsWith('.csv') ? `jr://file-csv/${file}` : `jr://file/${file}`
}

/** Every file the form reads: external instances, files of choices, pulldata(), the submission saved last. */
export function externalInstances(form: Form): ExternalInstance[] {
  const found: ExternalInstance[] = []
  const add = (id: string, src: string, row: number) => {
    if (!found.some((one) => one.id === id && one.src === src)) found.push({ id, src, row })
  }
  let last_saved = false
  const walk = (items: Item[]) => {
    for (const item of items) {
      const texts = [...Object.values(item.labels), ...Object.values(item.hints)]
      const { relevant, constraint, required, readonly, calculation, default: initial } = item.bind
      const expressions = [relevant, constraint, required, readonly, calculation, initial].filter(
        (one) => one !== undefined,
      )
      if (item.kind === 'question') {
        if (item.type === 'csv-external') add(item.name, `jr://file-csv/${item.name}.csv`, item.row)
        if (item.type === 'xml-external') add(item.name, `jr://file/${item.name}.xml`, item.row)
        if (item.file !== undefined && item.choices !== undefined) add(item.choices, fileUri(item.file), item.row)
        if (item.choice_filter !== undefined) expressions.push(item.choice_filter)
      }
      if (item.kind === 'repeat' && item.repeat_count !== undefined) expressions.push(item.repeat_count)
      for (const text of expressions) {
        for (const match of text.matchAll(/pulldata\s*\(\s*(['"])(.+?)\1/g)) {
          add(match[2] ?? '', `jr://file-csv/${match[2]}.csv`, item.row)
        }
      }
      if ([...texts, ...expressions].some(refersToLastSaved)) last_saved = true
      if (item.kind !== 'question') walk(item.items)
    }
  }
  walk(form.items)
  for (const entity of form.entities) {
    const parts = [entity.label, entity.entity_id, entity.create_if, entity.update_if]
    if (parts.some((part) => part !== undefined && refersToLastSaved(part))) last_saved = true
  }
  if (last_saved) add('__last-saved', 'jr://instance/last-saved', 0)
  return found
}
