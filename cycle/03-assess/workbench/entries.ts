// The rule files as entries, the way the book shows them: one indicator, one parameter, one word. Read from text and
// written back into it, so that a file in git and a change on a screen are the same thing.
import { isMap, isNode, isSeq, parseDocument, type Document, type YAMLSeq } from 'yaml'
import type { RuleTexts } from '#packs/overlay.ts'
import { parseOnce, yamlOptions } from '#packs/yaml-once.ts'
import { problem } from '#door/problems.ts'
import { deepEqual } from './equal.ts'
import { amend } from './yaml.ts'
import { isObject } from './plain-object.ts'

export interface RuleEntry {
  /** As in the book: `indicators.housing`, `exit.household.income`, `parameters.income_line`; words: `words.verdict`. */
  id: string
  chapter: string
  file: string
  value: unknown
}

/** Lists of entries in the rule files: the keys that lead to them, and what names an entry. */
const LISTS: { chapter: string; file: string; path: string; key: 'code' | 'name' }[] = [
  ...['parameters', 'indicators', 'vetoes', 'causes', 'measures', 'alerts'].map((chapter) => ({
    chapter,
    file: `rules/${chapter}.yaml`,
    path: chapter,
    key: 'code' as const,
  })),
  { chapter: 'derived', file: 'rules/derived.yaml', path: 'derived', key: 'name' },
  { chapter: 'verdict', file: 'rules/verdict.yaml', path: 'verdicts', key: 'code' },
  { chapter: 'appraisal', file: 'rules/appraisal.yaml', path: 'steps', key: 'code' },
  ...['household', 'stops', 'village', 'county'].map((path) => ({
    chapter: 'exit',
    file: 'rules/exit.yaml',
    path,
    key: 'code' as const,
  })),
]

const prefixOf = (list: (typeof LISTS)[number]): string =>
  list.chapter === 'exit' ? `exit.${list.path}` : list.chapter

/** A file's value; null where it is not YAML at all. */
function valueOf(text: string): Record<string, unknown> | null {
  try {
    const found = parseOnce(text)
    return isObject(found) ? found : null
  } catch {
    return null
  }
}

/** Every entry of these files in the files' order. A file that cannot be read gives none; the check says why. */
export function entriesOf(texts: RuleTexts): Map<string, RuleEntry> {
  const entries = new Map<string, RuleEntry>()
  for (const [file, text] of Object.entries(texts)) {
    const whole = valueOf(text)
    const [folder = '', name = ''] = file.replace('.yaml', '').split('/')
    if (folder !== 'words') {
      for (const entry of entriesIn(file, name, whole ?? {})) entries.set(entry.id, entry)
      continue
    }
    // One section of words has a file for each language.
    for (const [section, words] of Object.entries(whole ?? {})) {
      const id = `words.${section}`
      const before = entries.get(id)?.value
      const value = { ...(isObject(before) ? before : {}), [name]: words }
      entries.set(id, { id, chapter: 'words', file: 'words', value })
    }
  }
  return entries
}

/** Entries of one rule file: the items of its lists, and each part that is no list. */
function entriesIn(file: string, chapter: string, whole: Record<string, unknown>): RuleEntry[] {
  const lists = LISTS.filter((each) => each.file === file)
  return Object.entries(whole).flatMap(([key, value]): RuleEntry[] => {
    const list = lists.find((each) => each.path === key)
    if (!list || !Array.isArray(value))
      return key === 'sources' ? [] : [{ id: `${chapter}.${key}`, chapter, file, value }]
    return value.filter(isObject).map((item) => {
      return { id: `${prefixOf(list)}.${String(item[list.key])}`, chapter: list.chapter, file, value: item }
    })
  })
}

/** The text of one entry as it stands in its file, comments and all; '' where there is none. */
export function entryText(texts: RuleTexts, id: string): string {
  const place = placeOf(id)
  const text = place && texts[place.file]
  if (!place || text === undefined) return ''
  const [from, to] = rangeOf(parseDocument(text, yamlOptions), place) ?? [0, 0]
  return text.slice(from, to).trimEnd()
}

interface Place {
  file: string
  path: string
  /** What the entry is called in its list; absent for one that stands alone, such as the order of urgency. */
  named?: { key: 'code' | 'name'; is: string }
}

function placeOf(id: string): Place | undefined {
  const list = LISTS.filter((each) => id.startsWith(`${prefixOf(each)}.`)).sort(
    (a, b) => prefixOf(b).length - prefixOf(a).length,
  )[0]
  const [chapter = '', ...rest] = id.split('.')
  if (chapter === 'words' || rest.length === 0) return undefined
  const alone = { file: `rules/${chapter}.yaml`, path: rest.join('.') }
  if (!list || ALONE.has(id) || (chapter === 'exit' && rest.length === 1)) return alone
  return { file: list.file, path: list.path, named: { key: list.key, is: id.slice(prefixOf(list).length + 1) } }
}

/** Parts of a file that are no list of entries. */
const ALONE = new Set([
  'verdict.priority',
  'appraisal.quorum',
  'appraisal.first_notice_days',
  'appraisal.second_notice_days',
  'appraisal.announcement_days',
  'appraisal.objection_answer_days',
])

function indexIn(list: YAMLSeq, { key, is }: { key: string; is: string }): number {
  return list.items.findIndex((item) => isMap(item) && String(item.get(key)) === is)
}

/** Where an entry stands in its file's text, from its first key to the end of its last value. */
function rangeOf(doc: Document.Parsed | Document, place: Place): [number, number] | undefined {
  const node = doc.get(place.path, true)
  const found = place.named && isSeq(node) ? node.items[indexIn(node, place.named)] : place.named ? undefined : node
  const range = isNode(found) ? found.range : undefined
  return range ? [range[0], range[1]] : undefined
}

const written = { lineWidth: 120, singleQuote: true, flowCollectionPadding: true } as const

/**
 * These files with one entry changed, added (a code its list does not have) or, by null, removed. All other entries
 * keep their text to the letter; comments and order within the entry are kept where its parts stay.
 */
export function writeEntry(texts: RuleTexts, id: string, value: unknown): RuleTexts {
  if (id.startsWith('words.')) return writeWords(texts, id.slice(6), value)
  const place = placeOf(id)
  const text = place && texts[place.file]
  if (!place || text === undefined) throw bad(id, 'There is no such chapter in the rules.')
  if (place.named && value !== null && (!isObject(value) || String(value[place.named.key]) !== place.named.is))
    throw bad(id, `Its ${place.named.key} must be ${place.named.is}.`)
  const before = valueOf(text)
  if (!before) throw bad(id, `${place.file} cannot be read as YAML.`)
  const wanted = wantedValue(before, place, value)
  for (const whole of [false, true]) {
    const made = tryWrite(text, place, value, whole)
    if (made !== null && deepEqual(plain(valueOf(made)), plain(wanted))) return { ...texts, [place.file]: made }
  }
  throw bad(id, 'Other entries point to a part of it by a YAML alias; change it in the file.')
}

/** Named sources are for the reader alone; an entry may leave one unused or write its own. */
const plain = (file: Record<string, unknown> | null) => ({ ...file, sources: null })

function wantedValue(before: Record<string, unknown>, place: Place, value: unknown): Record<string, unknown> {
  if (!place.named) {
    const { [place.path]: _gone, ...rest } = before
    return value === null ? rest : { ...before, [place.path]: value }
  }
  const { key, is } = place.named
  const stored = before[place.path]
  const list: unknown[] = Array.isArray(stored) ? stored : []
  const at = list.findIndex((each) => isObject(each) && String(each[key]) === is)
  if (value === null) return { ...before, [place.path]: list.filter((_, index) => index !== at) }
  return { ...before, [place.path]: at < 0 ? [...list, value] : list.with(at, value) }
}

function tryWrite(text: string, place: Place, value: unknown, whole: boolean): string | null {
  const doc = parseDocument(text, yamlOptions)
  const old = rangeOf(doc, place)
  const node = doc.get(place.path, true)
  try {
    if (place.named && isSeq(node)) {
      const at = indexIn(node, place.named)
      if (value === null) {
        if (at >= 0) node.items.splice(at, 1)
      } else if (at < 0) node.items.push(doc.createNode(value))
      else node.items[at] = whole ? doc.createNode(value) : amend(doc, node.items[at], value)
    } else if (value === null) doc.delete(place.path)
    else doc.set(place.path, whole || !node ? doc.createNode(value) : amend(doc, node, value))
    const made = doc.toString(written)
    const fresh = rangeOf(parseDocument(made, yamlOptions), place)
    if (!old || !fresh) return made
    // Only this entry's lines are taken from what the library wrote; it would fold the others anew.
    const tail = text.slice(old[0], old[1]).match(/\s*$/)?.[0] ?? ''
    return text.slice(0, old[0]) + made.slice(fresh[0], fresh[1]).trimEnd() + tail + text.slice(old[1])
  } catch {
    return null
  }
}

/** A section of words: `{ en: { eligible: 'Poor' }, zh: {...} }`, each language into its own file. */
function writeWords(texts: RuleTexts, section: string, value: unknown): RuleTexts {
  if (!isObject(value)) throw bad(`words.${section}`, 'Words are given for each language.')
  const made = { ...texts }
  for (const [language, words] of Object.entries(value)) {
    const file = `words/${language}.yaml`
    const text = texts[file]
    if (text === undefined) throw bad(`words.${section}`, `The pack has no ${file}.`)
    const place = { file, path: section }
    const next = tryWrite(text, place, words, false)
    if (next === null) throw bad(`words.${section}`, `${file} cannot be written.`)
    made[file] = next
  }
  return made
}

const bad = (id: string, detail: string) =>
  problem('draft_bad_entry', { detail: `${id}: ${detail}`, errors: [{ path: id, message: detail }] })
