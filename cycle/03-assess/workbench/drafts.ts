// Drafts of the rules: what they change, what is wrong with them, and whether they may be put in force. Pure.
import { checkRules } from '#packs/check/check.ts'
import type { RuleTexts } from '#packs/overlay.ts'
import { withRules } from '#packs/overlay.ts'
import type { Pack, PackProblem } from '#packs/schema/schema.ts'
import { entriesOf, writeEntry, type RuleEntry } from './entries.ts'
import { deepEqual } from './equal.ts'
import { isObject } from './plain-object.ts'

export interface LeafChange {
  /** Within the entry: `met`, `label.en`, `values[2014-01-01].value`, `examples[Not graded]`. */
  path: string
  kind: 'rule' | 'text' | 'value' | 'example'
  before: string | null
  after: string | null
}

export interface EntryChange {
  id: string
  chapter: string
  label: Record<string, string> | null
  change: 'added' | 'removed' | 'changed'
  changes: LeafChange[]
}

const RULES = new Set(['rule', 'met', 'applies', 'condition', 'cost', 'closes.income', 'closes.expense'])
/** What differs between two states of the rules, entry by entry, in the order of the later one's files. */
export function diffRules(from: RuleTexts, to: RuleTexts): EntryChange[] {
  const before = entriesOf(from)
  const after = entriesOf(to)
  const ids = [...after.keys(), ...[...before.keys()].filter((id) => !after.has(id))]
  return ids.flatMap((id) => {
    const old = before.get(id)
    const now = after.get(id)
    if (deepEqual(old?.value, now?.value)) return []
    const entry = now ?? old
    if (!entry) return []
    return [
      {
        id,
        chapter: entry.chapter,
        label: labelOf(entry.value),
        change: old ? (now ? 'changed' : 'removed') : 'added',
        changes: leaves(old?.value, now?.value, ''),
      },
    ]
  })
}

/** An entry's own name in the pack's languages; null for what has none (words, steps). */
export function labelOf(value: unknown): Record<string, string> | null {
  return isObject(value) && isObject(value['label']) ? (value['label'] as Record<string, string>) : null
}

function leaves(before: unknown, after: unknown, path: string): LeafChange[] {
  if (deepEqual(before, after)) return []
  // An example is read as a whole: half of one says nothing.
  const whole = /^examples\[[^\]]*\]$/.test(path)
  if (!whole && (isObject(before) || isObject(after)) && (isObject(before) || before === undefined)) {
    const a = isObject(before) ? before : {}
    const b = isObject(after) ? after : {}
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      leaves(a[key], b[key], path === '' ? key : `${path}.${key}`),
    )
  }
  if (!whole && isListOfObjects(before) && isListOfObjects(after)) {
    const a = keyed(before)
    const b = keyed(after)
    return [...new Set([...b.keys(), ...a.keys()])].flatMap((key) => leaves(a.get(key), b.get(key), `${path}[${key}]`))
  }
  const say = whole ? toldExample : told
  return [{ path, kind: kindOf(path), before: say(before), after: say(after) }]
}

const isListOfObjects = (value: unknown): value is Record<string, unknown>[] | undefined =>
  value === undefined || (Array.isArray(value) && value.length > 0 && value.every(isObject))

/** Items by what names them: a parameter's day and area, an example's note, a step's code; else their place. */
function keyed(list: Record<string, unknown>[] | undefined): Map<string, Record<string, unknown>> {
  const names = (list ?? []).map((item, index) => {
    const note = isObject(item['note']) ? Object.values(item['note'])[0] : undefined
    const from = item['from'] === undefined ? undefined : [item['from'], item['area']].filter(Boolean).join(' ')
    return String(from ?? note ?? item['code'] ?? index + 1)
  })
  return new Map(
    (list ?? []).map((item, index) => {
      const name = names[index] ?? ''
      return [names.indexOf(name) === index ? name : `${name} (${index + 1})`, item]
    }),
  )
}

function kindOf(path: string): LeafChange['kind'] {
  if (RULES.has(path)) return 'rule'
  if (path.startsWith('examples[')) return 'example'
  return /(?:^|\.)(?:en|zh|es|fr|pt)$/.test(path) ? 'text' : 'value'
}

function told(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** An example in one line: `Not graded / 没有评定: house_grade: – → unknown`. */
function toldExample(value: unknown): string | null {
  if (!isObject(value)) return told(value)
  const plain = (of: unknown): string => {
    if (Array.isArray(of)) return `[${of.map(plain).join(' | ')}]`
    if (isObject(of))
      return Object.entries(of)
        .map(([name, each]) => `${name}: ${plain(each)}`)
        .join('; ')
    return of === null || of === undefined ? '–' : String(of)
  }
  const { note, record, expect, ...more } = value
  const notes = isObject(note) ? Object.values(note).map(String).join(' / ') : ''
  const rest = Object.keys(more).length > 0 ? ` (${plain(more)})` : ''
  return `${notes}: ${plain(record)}${rest} → ${plain(expect)}`
}

/** A problem of the check, with the entry of the book it lies in, where it lies in one. */
export type DraftProblem = PackProblem & { entry: string | null }

export interface Checked {
  /** Absent where the files cannot be read as a pack. */
  pack?: Pack
  problems: DraftProblem[]
}

const checked = new Map<string, Checked>()

/**
 * The same check as `doorstep pack check` but for the areas, which no draft changes (45,000 lines, half of its time), of
 * the folder's pack with these rules in place of its own. `key` names the texts (a draft's revision and the pack they
 * lie over): the check takes a fifth of a second, and the last ones are kept.
 */
export function checkDraft(over: Pack, texts: RuleTexts, key: string): Checked {
  let found = checked.get(nameOf(over, key))
  if (!found) {
    const { pack, problems } = withRules(over, texts)
    const entries = [...entriesOf(texts).values()]
    const all = pack ? checkRules(pack) : problems
    found = { ...(pack ? { pack } : {}), problems: all.map((each) => ({ ...each, entry: entryOf(each, entries) })) }
    keepChecked(over, key, found)
  }
  return found
}

const nameOf = (over: Pack, key: string): string => `${over.pack_hash} ${key}`

export const isChecked = (over: Pack, key: string): boolean => checked.has(nameOf(over, key))

/** Keeps what a check found, wherever it was made (aside.ts). */
export function keepChecked(over: Pack, key: string, found: Checked): void {
  if (checked.size >= 16) checked.clear()
  checked.set(nameOf(over, key), found)
}

/** `indicators[3].met`, `indicators.3.label`, `housing.met`, `housing`, `household.income.rule` -> the entry's id. */
function entryOf({ file, at }: PackProblem, entries: RuleEntry[]): string | null {
  const own = entries.filter((each) => each.file === file)
  if (at === undefined) return null
  const [, list, index] = /^(\w+)(?:\[|\.)(\d+)/.exec(at) ?? []
  if (list !== undefined && index !== undefined) {
    const part = file === 'rules/exit.yaml' ? own.filter((each) => each.id.startsWith(`exit.${list}.`)) : own
    const listed = part.filter((each) => each.id.split('.').length > 2 || isObject(each.value))
    return listed[Number(index)]?.id ?? null
  }
  const chapter = file.replace(/^rules\/|\.yaml$/g, '')
  const hit = own
    .filter(({ id }) => `${chapter}.${at}` === id || `${chapter}.${at}`.startsWith(`${id}.`))
    .sort((a, b) => b.id.length - a.id.length)[0]
  return hit?.id ?? own.find(({ id }) => id.endsWith(`.${at}`))?.id ?? null
}

export interface Carried {
  texts: RuleTexts
  /** Entries that both the draft and the rules in force changed, each in its own way. */
  overlaps: string[]
}

/** A draft's changes carried over to other rules in force: entry by entry, three ways. */
export function carryOver(parent: RuleTexts, draft: RuleTexts, force: RuleTexts): Carried {
  const old = entriesOf(parent)
  const mine = entriesOf(draft)
  const theirs = entriesOf(force)
  let texts = force
  const overlaps: string[] = []
  for (const { id, change } of diffRules(parent, draft)) {
    const wanted = mine.get(id)?.value
    if (deepEqual(wanted, theirs.get(id)?.value)) continue
    if (!deepEqual(old.get(id)?.value, theirs.get(id)?.value)) overlaps.push(id)
    else texts = writeEntry(texts, id, change === 'removed' ? null : wanted)
  }
  return { texts, overlaps }
}

/** The files of `texts` that say something else than `parent`'s: what a draft keeps. */
export function changedFiles(parent: RuleTexts, texts: RuleTexts): RuleTexts {
  return Object.fromEntries(Object.entries(texts).filter(([name, text]) => parent[name] !== text))
}

/** The pack's rules as a draft has them. */
export const draftTexts = (parent: RuleTexts, files: RuleTexts): RuleTexts => ({ ...parent, ...files })
