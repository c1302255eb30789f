// Submission XML <-> answers. What is not understood is kept and reported, never dropped.
import type { Field } from './fields.ts'
import { fieldOf as buildField, isSilent } from './fields.ts'
import { isExternal, inMeta, countNode } from '../write/instances.ts'
import type { Form, Item, Question, Repeat } from '../model.ts'
import type { Value } from './values.ts'
import { readValue, writeValue } from './values.ts'
import type { XmlElement, XmlProblem } from '../xml.ts'
import { documentOf, element, elementsOf, localName, parseXml, textOf } from '../xml.ts'

// A form does not change once built, and a roster asks for the same fields again and again.
const fields = new WeakMap<Question, Field>()
function fieldOf(form: Form, question: Question): Field {
  const known = fields.get(question) ?? buildField(form, question)
  fields.set(question, known)
  return known
}

export type Entry = { [name: string]: Value | Entry[] }
export type Answers = Entry

export type SubmissionProblem = { code: 'submission_malformed_xml'; message: string; line: number; column: number }

/** A submission as received. `root` is the tree as parsed; a missing id is for the server to make. */
export type ParsedInstance =
  | {
      ok: true
      form_id: string
      version?: string
      instance_id?: string
      deprecated_id?: string
      instance_name?: string
      /** The answers are in an encrypted part: the XML is its envelope, and only the ids can be read. */
      encrypted?: true
      root: XmlElement
    }
  | { ok: false; problem: SubmissionProblem }

/** A value that is not what the form asks for. `path` is like `member[2]/birth_date`, entries counted from 1. */
export type AnswerProblem = {
  code: 'answer_wrong_type' | 'answer_unknown_element' | 'answer_repeated' | 'answer_constraint' | 'answer_required'
  path: string
  got: string
  expected: string
}

function attribute(node: XmlElement, name: string): string | undefined {
  // Asked of every element, few of which have any: no array is made.
  for (const key in node.attributes) if (localName(key) === name) return node.attributes[key]
  return undefined
}

const child = (node: XmlElement | undefined, name: string) =>
  node && elementsOf(node).find((one) => localName(one.name) === name)

/** Reads the XML of a submission safely (see `parseXml`). Never throws; what cannot be read comes back as a problem. */
export function parseSubmission(xml: Uint8Array | string): ParsedInstance {
  const parsed = parseXml(xml)
  if ('problem' in parsed) return malformed(parsed.problem)
  const { root } = parsed
  const form_id = attribute(root, 'id')
  if (form_id === undefined || form_id === '') {
    return malformed({ message: 'the root element names no form (attribute id)', line: 1, column: 0 })
  }
  const meta = child(root, 'meta')
  const text = (name: string) => {
    const found = child(meta, name)
    const value = found && textOf(found).trim()
    return value === undefined || value === '' ? undefined : value
  }
  const version = attribute(root, 'version')
  const instance_id = text('instanceID') ?? attribute(root, 'instanceID')
  const deprecated_id = text('deprecatedID')
  const instance_name = text('instanceName')
  return {
    ok: true,
    form_id,
    ...(version !== undefined && { version }),
    ...(instance_id !== undefined && { instance_id }),
    ...(deprecated_id !== undefined && { deprecated_id }),
    ...(instance_name !== undefined && { instance_name }),
    ...(attribute(root, 'encrypted') === 'yes' && { encrypted: true as const }),
    root,
  }
}

function malformed(problem: XmlProblem): ParsedInstance {
  return { ok: false, problem: { code: 'submission_malformed_xml', ...problem } }
}

export type ReadAnswers = { answers: Answers; answers_extra: Record<string, string>; problems: AnswerProblem[] }

/**
 * The answers of a submission. Every field of the form is present: null where unanswered or of the wrong type;
 * every list is present, empty where it has no entry. Elements the form does not know are kept in `answers_extra`
 * by path, as text.
 */
export function answersOf(form: Form, instance: ParsedInstance & { ok: true }): ReadAnswers {
  // Records are filled by names from outside: no prototype, so that `__proto__` is a name like any other.
  const read: ReadAnswers = {
    answers: Object.create(null) as Answers,
    answers_extra: Object.create(null) as Record<string, string>,
    problems: [],
  }
  readItems(form, form.items, instance.root, '', read.answers, read)
  return { ...read, answers: { ...read.answers }, answers_extra: { ...read.answers_extra } }
}

const names_in = new WeakMap<Item[], Set<string>>()

/** Element names that a form has a place for among these items. */
function namesIn(items: Item[]): Set<string> {
  const known = names_in.get(items)
  if (known) return known
  const counts = items.map(countNode).filter((name) => name !== undefined)
  const names = new Set(['meta', ...items.map((item) => item.name), ...counts])
  names_in.set(items, names)
  return names
}

function readItems(
  form: Form,
  items: Item[],
  node: XmlElement | undefined,
  path: string,
  into: Entry,
  read: ReadAnswers,
): void {
  const known = namesIn(items)
  const children = new Map<string, XmlElement[]>()
  for (const one of node ? elementsOf(node) : []) {
    // A blank entry with jr:template is the pattern of a repeat, not an answer.
    if (attribute(one, 'template') !== undefined) continue
    const name = localName(one.name)
    const found = children.get(name)
    if (found) found.push(one)
    else children.set(name, [one])
  }
  for (const item of items) {
    if (isExternal(item) || inMeta(item)) continue
    const found = children.get(item.name) ?? []
    const at = path === '' ? item.name : `${path}/${item.name}`
    if (item.kind === 'repeat') into[item.name] = readRepeat(form, item, found, at, read)
    else if (item.kind === 'group') {
      if (found.length > 1)
        read.problems.push({ code: 'answer_repeated', path: at, got: `${found.length} times`, expected: 'once' })
      readItems(form, item.items, found[0], at, into, read)
      found.slice(1).forEach((one, index) => keepExtra(read, one, `${at}[${index + 2}]`))
    } else if (!isSilent(item)) {
      if (found.length > 1)
        read.problems.push({ code: 'answer_repeated', path: at, got: `${found.length} times`, expected: 'once' })
      into[item.name] = readAnswer(fieldOf(form, item), found[0], at, read)
      found.slice(1).forEach((one, index) => keepExtra(read, one, `${at}[${index + 2}]`))
    }
  }
  for (const [name, found] of children) {
    if (known.has(name)) continue
    const at = path === '' ? name : `${path}/${name}`
    found.forEach((one, index) => {
      const where = found.length === 1 ? at : `${at}[${index + 1}]`
      keepExtra(read, one, where)
      read.problems.push({
        code: 'answer_unknown_element',
        path: where,
        got: textOf(one).slice(0, 200),
        expected: 'an element of the form',
      })
    })
  }
}

function keepExtra(read: ReadAnswers, node: XmlElement, path: string): void {
  const inner = elementsOf(node)
  if (inner.length === 0) read.answers_extra[path] = textOf(node)
  inner.forEach((one, index) => keepExtra(read, one, `${path}/${localName(one.name)}[${index + 1}]`))
}

function readRepeat(form: Form, repeat: Repeat, nodes: XmlElement[], path: string, read: ReadAnswers): Entry[] {
  return nodes.map((node, index) => {
    const entry = Object.create(null) as Entry
    readItems(form, repeat.items, node, `${path}[${index + 1}]`, entry, read)
    return { ...entry }
  })
}

function readAnswer(field: Field, node: XmlElement | undefined, path: string, read: ReadAnswers): Value {
  if (!node) return null
  const text = textOf(node)
  const value = elementsOf(node).length > 0 ? undefined : readValue(field, text)
  if (value !== undefined) return value
  read.problems.push({ code: 'answer_wrong_type', path, got: text.slice(0, 200), expected: expectedOf(field) })
  return null
}

function expectedOf(field: Field): string {
  if (field.type === 'bool') return 'bool: yes or no'
  if (field.type === 'money')
    return `money: an amount in ${field.unit ?? 'the currency'} with no part smaller than 1/${field.minor_units}`
  if (field.choices)
    return `${field.type}: ${field.choices.slice(0, 20).join(', ')}${field.choices.length > 20 ? ', ...' : ''}`
  return field.type
}

export type SubmissionMeta = {
  /** `uuid:...` */
  instance_id: string
  deprecated_id?: string
  instance_name?: string
  device_id?: string
  /** ISO 8601 with offset. */
  start?: string
  end?: string
}

/**
 * Writes the submission that `answersOf` would read as these answers. Questions of type start, end and deviceid take
 * their value from `meta` when the answers have none.
 */
export function toSubmissionXml(form: Form, answers: Answers, meta: SubmissionMeta): string {
  const metadata: Record<string, string | undefined> = { start: meta.start, end: meta.end, deviceid: meta.device_id }
  const write = (items: Item[], from: Entry): XmlElement[] =>
    items.flatMap((item) => {
      if (isExternal(item) || inMeta(item)) return []
      if (item.kind === 'group') return [element(item.name, {}, write(item.items, from))]
      if (item.kind === 'repeat') {
        const entries = from[item.name]
        const list = Array.isArray(entries) ? (entries as Entry[]) : []
        const count = countNode(item)
        const counted = count === undefined ? [] : [element(count, {}, [String(list.length)])]
        return [...counted, ...list.map((entry) => element(item.name, {}, write(item.items, entry)))]
      }
      if (isSilent(item)) return [element(item.name)]
      const value = (from[item.name] ?? null) as Value
      const text = value === null ? (metadata[item.type] ?? '') : writeValue(fieldOf(form, item), value)
      return [element(item.name, {}, text === '' ? [] : [text])]
    })
  const about = element('orx:meta', {}, [
    element('orx:instanceID', {}, [meta.instance_id]),
    ...(meta.deprecated_id === undefined ? [] : [element('orx:deprecatedID', {}, [meta.deprecated_id])]),
    ...(meta.instance_name === undefined ? [] : [element('orx:instanceName', {}, [meta.instance_name])]),
  ])
  const attributes = { 'xmlns:orx': 'http://openrosa.org/xforms', id: form.form_id, version: form.version }
  return documentOf(element(form.root_name, attributes, [...write(form.items, answers), about]))
}
