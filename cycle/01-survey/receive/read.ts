import { checkNationalId } from '#engines/linkage/model/national-id.ts'
import type { Form } from '#engines/xforms/model.ts'
import { answersOf, parseSubmission, type Entry, type ParsedInstance } from '#engines/xforms/answers/submission.ts'
import { elementsOf, localName, type XmlElement } from '#engines/xforms/xml.ts'
import { validateSubmission } from '#engines/xforms/answers/validate.ts'
import { decode } from '../sheets/csv.ts'

/** Something in the answers that a person should look at. The submission is accepted all the same. */
export interface AnswerProblem {
  /** answer_wrong_type, answer_constraint, ... (the form's); answer_national_id, answer_differs_from_id (ours). */
  code: string
  /** Like `members[2]/birth_date`, entries counted from 1. */
  path: string
  /** What was written; of a personal number only how long it was. */
  got: string
  expected: string
}

export interface ReadForm {
  answers: Entry
  /** By path: what the form has no place for, and what was not of the question's type, as written. */
  answers_extra: Record<string, string>
  problems: AnswerProblem[]
}

export interface Reading {
  personal_fields: readonly string[]
  /** Checksum rules of national identity numbers (pack.national_id); null = none. */
  national_id: string | null
  /** YYYY-MM-DD, in the pack's time zone. */
  today: string
}

/** How long a personal number was, and nothing else of it. */
export const hidden = (text: string): string => '*'.repeat(text.length)

// A bare < or & in a text: some clients do not escape what people type.
const stray = /<(?![A-Za-z_:/!?\u0080-\uffff])|&(?!(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]\w*);)/g

/**
 * Parse the XML of a submission. Where that fails for a bare < or & alone, it is read as the character that was typed;
 * `mended` says so. The bytes that are kept stay as they came.
 */
export function parseMending(xml: Uint8Array): { instance: ParsedInstance; mended: boolean } {
  const instance = parseSubmission(xml)
  if (instance.ok) return { instance, mended: false }
  const text = Buffer.from(xml).toString('utf8')
  const escaped = text.replace(stray, (sign) => (sign === '<' ? '&lt;' : '&amp;'))
  const again = escaped === text ? instance : parseSubmission(escaped)
  return again.ok ? { instance: again, mended: true } : { instance, mended: false }
}

// Characters that XML 1.0 does not allow: what a broken keyboard or transfer leaves in a text.
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

export const mends = ['encoding', 'control_characters', 'unescaped'] as const
export type Mend = (typeof mends)[number]

/**
 * Parse bytes that the reception could not: another encoding, characters that XML does not allow (each becomes U+FFFD,
 * so that a person sees where it stood). For mending by hand in quarantine; what was mended is told.
 */
export function parseLeniently(xml: Uint8Array): { instance: ParsedInstance; mended: Mend[]; text: string } {
  const { text: decoded, encoding } = decode(xml)
  const mended: Mend[] = encoding === 'utf-8' ? [] : ['encoding']
  // What the bytes say of their encoding is no longer so.
  const text = decoded.replace(/^\ufeff?\s*<\?xml[^>]*\?>/, '')
  const legal = text.replaceAll(illegal, '\ufffd')
  if (legal !== text) mended.push('control_characters')
  const { instance, mended: unescaped } = parseMending(Buffer.from(legal))
  return { instance, mended: unescaped ? [...mended, 'unescaped'] : mended, text: legal }
}

export const lastName = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\[\d+\]$/, '')

/** The answers of one submission with everything doubtful about them. Nothing is thrown away and nothing is mended. */
export function readAnswers(form: Form, instance: ParsedInstance & { ok: true }, reading: Reading): ReadForm {
  const read = answersOf(form, instance)
  const broken = validateSubmission(form, instance, { today: reading.today }).problems
  const answers_extra = { ...read.answers_extra }
  for (const { code, path, got } of read.problems) if (code === 'answer_wrong_type') answers_extra[path] = got
  const entities = entitiesIn(instance.root).map((dataset): AnswerProblem => ({
    code: 'answer_entity_not_kept',
    path: 'meta/entity',
    got: dataset,
    expected: '',
  }))
  const by_id = reading.national_id === 'gb11643' ? nationalIdProblems(read.answers, reading.today) : []
  // Where the form's own pattern has already refused the number, its checksum says nothing more.
  const refused = new Set(broken.map((each) => each.path))
  const problems = [...read.problems, ...entities, ...broken, ...by_id.filter((each) => !refused.has(each.path))]
  return {
    answers: read.answers,
    answers_extra,
    problems: problems.map((each) =>
      reading.personal_fields.includes(lastName(each.path)) ? { ...each, got: hidden(each.got) } : each,
    ),
  }
}

/** The entity lists that a submission writes to, each once: this server keeps none, and says so. */
function entitiesIn(node: XmlElement): string[] {
  const { dataset } = node.attributes
  const own = localName(node.name) === 'entity' && dataset !== undefined ? [dataset] : []
  return [...new Set([...own, ...elementsOf(node).flatMap(entitiesIn)])]
}

function nationalIdProblems(answers: Entry, today: string): AnswerProblem[] {
  const lists = Object.entries(answers).flatMap(([list, value]) =>
    Array.isArray(value)
      ? value.map((entry, index) => ({ at: `${list}[${index + 1}]/`, entry: entry as Entry | string }))
      : [],
  )
  return [{ at: '', entry: answers }, ...lists].flatMap(({ at, entry }) =>
    typeof entry === 'string' ? [] : entryProblems(at, entry, today),
  )
}

function entryProblems(at: string, entry: Entry, today: string): AnswerProblem[] {
  const written = entry['national_id']
  if (typeof written !== 'string' || written.trim() === '') return []
  const check = checkNationalId(written, today)
  if (!check.valid) {
    const expected = `a number that is right in ${(check.problem ?? 'form').replaceAll('_', ' ')}`
    return [{ code: 'answer_national_id', path: `${at}national_id`, got: written, expected }]
  }
  // The number is right by its own checksum, so it is the other answer that is doubtful.
  return (['birth_date', 'sex'] as const).flatMap((field) => {
    const got = entry[field]
    const expected = check[field]
    if (typeof got !== 'string' || expected === undefined || got === expected) return []
    return [{ code: 'answer_differs_from_id', path: `${at}${field}`, got, expected }]
  })
}
