// Texts of the form: inline where one language suffices, else in itext with one translation per language.
import type { Form, Media, Placed, Text } from '../model.ts'
import type { Scope } from '../read/references.ts'
import { pathOf, resolveReferences } from '../read/references.ts'
import type { XmlElement, XmlNode } from '../xml.ts'
import { element } from '../xml.ts'

type Values = Map<string, XmlElement>
/** language -> text id -> form of the value ('' is the plain text) -> `<value>`. */
export type Itext = { translations: Map<string, Map<string, Values>>; ids: Map<string, Set<string>> }

export type Writing = { form: Form; scope: Scope; itext: Itext }

/** End of a path that begins with `instance('x')`, steps and balanced predicates; -1 when none begins here. */
function endOfInstancePath(text: string, from: number): number {
  const head = /^instance\(\s*(['"])[^'"]+\1\s*\)/.exec(text.slice(from))
  if (!head) return -1
  let at = from + head[0].length
  let steps = 0
  for (;;) {
    const step = /^\/[\w.:*-]+/.exec(text.slice(at))
    if (step) {
      at += step[0].length
      steps += 1
    } else if (text[at] === '[') {
      let depth = 0
      let quote = ''
      let end = at
      for (; end < text.length; end += 1) {
        const char = text[end] ?? ''
        if (quote !== '') quote = char === quote ? '' : quote
        else if (char === '"' || char === "'") quote = char
        else if (char === '[') depth += 1
        else if (char === ']' && --depth === 0) break
      }
      if (end >= text.length) return -1
      at = end + 1
    } else return steps > 0 ? at : -1
  }
}

/** Text with `${name}` (and `instance(...)` paths) turned into `<output>`, ready to stand in a label. */
export function outputs(writing: Writing, context: Placed | undefined, text: string): XmlNode[] {
  const nodes: XmlNode[] = []
  let plain = ''
  const out = (expression: string) => {
    if (plain !== '') nodes.push(plain)
    plain = ''
    nodes.push(element('output', { value: resolveReferences(writing.scope, context, expression) }))
  }
  for (let at = 0; at < text.length;) {
    const reference = /^\$\{[^}]+\}/.exec(text.slice(at))
    const end = text.startsWith('instance(', at) ? endOfInstancePath(text, at) : -1
    if (reference) {
      out(reference[0])
      at += reference[0].length
    } else if (end > 0) {
      out(text.slice(at, end))
      at = end
    } else {
      plain += text[at]
      at += 1
    }
  }
  if (plain !== '') nodes.push(plain)
  return nodes
}

/** True when a text holds something to be computed. */
export const isLive = (text: string) => /\$\{[^}]+\}|instance\(\s*['"]/.test(text)

/** True when the text is given in any named language. */
export const isTranslated = (text: Text | undefined) =>
  Object.keys(text ?? {}).some((language) => language !== 'default')

function put(writing: Writing, language: string, id: string, form: string, children: XmlNode[]): void {
  const { translations, ids } = writing.itext
  const texts = translations.get(language) ?? new Map<string, Values>()
  translations.set(language, texts)
  const values = texts.get(id) ?? new Map<string, XmlElement>()
  texts.set(id, values)
  values.set(form, element('value', form === '' ? {} : { form }, children))
  const forms = ids.get(id) ?? new Set<string>()
  ids.set(id, forms.add(form))
}

/** The language that text without a language belongs to. */
const spoken = (writing: Writing, language: string) =>
  language === 'default' ? writing.form.default_language : language

const FOLDER: Record<string, string> = { image: 'images', 'big-image': 'images', audio: 'audio', video: 'video' }

/** Puts a text with its media (or guidance) into itext under the id. */
export function putText(
  writing: Writing,
  context: Placed | undefined,
  id: string,
  text: Text,
  media: Media = {},
  guidance: Text = {},
): void {
  for (const [language, value] of Object.entries(text))
    put(writing, spoken(writing, language), id, '', outputs(writing, context, value))
  for (const [language, value] of Object.entries(guidance)) {
    put(writing, spoken(writing, language), id, 'guidance', outputs(writing, context, value))
  }
  for (const [form, by_language] of Object.entries(media)) {
    for (const [language, value] of Object.entries(by_language ?? {})) {
      const url = value.startsWith('jr://') ? value : `jr://${FOLDER[form] ?? form}/${value}`
      put(writing, spoken(writing, language), id, form, outputs(writing, context, url))
    }
  }
}

/** `<label>` of an item; undefined when it has none. */
export function labelOf(writing: Writing, placed: Placed): XmlElement | undefined {
  const { item } = placed
  if (isTranslated(item.labels) || Object.keys(item.media).length > 0) {
    const id = `${pathOf(writing.scope, placed)}:label`
    putText(writing, placed, id, item.labels, item.media)
    return element('label', { ref: `jr:itext('${id}')` })
  }
  const text = item.labels['default']
  return text === undefined ? undefined : element('label', {}, outputs(writing, placed, text))
}

/** `<hint>` of an item; undefined when it has neither hint nor guidance. */
export function hintOf(writing: Writing, placed: Placed): XmlElement | undefined {
  const { item } = placed
  if (isTranslated(item.hints) || Object.keys(item.guidance).length > 0) {
    const id = `${pathOf(writing.scope, placed)}:hint`
    putText(writing, placed, id, item.hints, {}, item.guidance)
    return element('hint', { ref: `jr:itext('${id}')` })
  }
  const text = item.hints['default']
  return text === undefined ? undefined : element('hint', {}, outputs(writing, placed, text))
}

/** A message of a bind: inline, or a reference into itext where it is translated or computed. */
export function messageOf(writing: Writing, placed: Placed, text: Text | undefined, key: string): string | undefined {
  if (text === undefined) return undefined
  const plain = text['default']
  if (!isTranslated(text) && plain !== undefined && !isLive(plain)) return plain
  const id = `${pathOf(writing.scope, placed)}:${key}`
  putText(writing, placed, id, text)
  return `jr:itext('${id}')`
}

/** The `<itext>` element; undefined when nothing needs one. A text missing in a language shows as `-`. */
export function itextOf(writing: Writing): XmlElement | undefined {
  const { translations, ids } = writing.itext
  if (translations.size === 0) return undefined
  const children = [...translations].map(([language, texts]) => {
    const written = [...ids].map(([id, forms]) => {
      const values = texts.get(id) ?? new Map<string, XmlElement>()
      const shown = [...forms].filter((form) => values.has(form) || form === '' || form === 'guidance')
      const wanted = shown.map((form) => values.get(form) ?? element('value', form === '' ? {} : { form }, ['-']))
      return element('text', { id }, wanted)
    })
    const is_default = language === writing.form.default_language ? 'true()' : undefined
    return element('translation', { lang: language, default: is_default }, written)
  })
  return element('itext', {}, children)
}
