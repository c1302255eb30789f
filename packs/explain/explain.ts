// A rule's reasons in sentences: every clause TRUE, FALSE or UNKNOWN, with the answers and the member that decided it,
// the figure used with its date and source, and what would settle it. In every language of the pack, pure.
import { surroundings } from '#engines/rules/run/evaluate.ts'
import { explain, type Explanation } from '#engines/rules/explain.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { CompiledRule, Node } from '#engines/rules/tree.ts'
import { valueAt, type Standing } from '#engines/rules/run/why.ts'
import type { Ready } from '../compile.ts'
import {
  answered,
  framed,
  labelOf,
  listLabel,
  parameterText,
  plainAt,
  sourceText,
  term,
  valueText,
  whoIs,
  type Speaker,
} from './terms.ts'
import { answersBehind, type Rulebook, type Standpoint } from '../rulebook.ts'
import type { Text } from '../schema/schema.ts'

/** One clause in words; those within it nest. */
export interface Said {
  kind: Explanation['kind']
  state: Explanation['state']
  /** The clause as the rule writes it. */
  source: string
  text: Text
  /** The same without the person it is about, for where that stands beside it. */
  bare: Text
  /** The list item it is about, told by relation and age; null for the household. */
  who: { list: string; index: number; text: Text } | null
  /** Did it decide the clause above it, and so on up to the rule? */
  decides: boolean
  /** Figures read, with the day they took effect and where that is written. */
  parameters: { code: string; label: Text; value: Text; from: string; source: Text }[]
  /** Answers that would settle it while it is unknown: what the surveyor is to ask, and of whom. */
  ask: { field: string; label: Text; who: Text | null }[]
  /** Answers that are missing and can change nothing any more: nobody needs to be asked for them here. */
  immaterial: { field: string; label: Text; who: Text | null }[]
  /** Where a side of a comparison lies that is not known yet, whatever is answered; null without a bound. */
  spans: { least: Text | null; most: Text | null }[]
  clauses: Said[]
  /** How the fields it read were worked out of the answers, told as clauses of their own. */
  worked_out: Said[]
}

interface Telling {
  book: Rulebook
  at: Standpoint
  whole: RuleRecord
  voices: Speaker[]
}

/**
 * Explain one compiled rule over a completed record (derived fields in it). `names` calls members by their names too;
 * without it they are told by relation and age. Answers in the pack's personal fields are never said.
 */
export function explainWords(
  book: Rulebook,
  rule: CompiledRule,
  whole: RuleRecord,
  at: Standpoint,
  { names = false }: { names?: boolean } = {},
): Said {
  const telling: Telling = {
    book,
    at,
    whole,
    voices: book.pack.languages.map((language) => ({ book, at, language, names })),
  }
  return say(telling, rule.root, explain(rule, whole, at.params, at.date), standing(whole, at), null, true)
}

/** `exit` and `stops` are of a household; `village` and `county` are asked of an area's figures. */
export type RulePart = 'indicators' | 'vetoes' | 'causes' | 'exit' | 'stops' | 'verdicts' | 'village' | 'county'

/** A rule of the pack by its chapter and code. */
export function ruleOf({ compiled }: Rulebook, part: RulePart, code: string): Ready | undefined {
  switch (part) {
    case 'indicators':
      return compiled.indicators[code]?.met
    case 'vetoes':
      return compiled.vetoes[code]
    case 'causes':
      return compiled.causes[code]?.rule
    case 'exit':
      return compiled.exit.household[code]
    case 'stops':
    case 'village':
    case 'county':
      return compiled.exit[part][code]
    default:
      return compiled.verdicts.find((each) => each.code === code)?.ready
  }
}

/** `explainWords` for a rule of the pack by its chapter and code; null where the pack has none. */
export function explainRule(
  book: Rulebook,
  part: RulePart,
  code: string,
  whole: RuleRecord,
  at: Standpoint,
  how: { names?: boolean } = {},
): Said | null {
  const ready = ruleOf(book, part, code)
  return ready ? explainWords(book, ready.rule, whole, at, how) : null
}

/** The sentences that decided, in order and each once: what a notice or a phone reads out. */
export function decidingSentences(said: Said): Text[] {
  const found: Text[] = []
  const look = (clause: Said): void => {
    if (!clause.decides) return
    if (clause.clauses.some((each) => each.decides)) clause.clauses.forEach(look)
    else if (!found.some((text) => JSON.stringify(text) === JSON.stringify(clause.text))) found.push(clause.text)
  }
  look(said)
  return found
}

const standing = (whole: RuleRecord, at: Standpoint): Standing => {
  return { record: whole, item: {}, index: -1, around: surroundings(at.params, at.date) }
}

function say(to: Telling, node: Node, part: Explanation, at: Standing, who: Said['who'], decides: boolean): Said {
  const children = below(to, node, part, at, who, decides)
  const only = node.op === 'not' ? children[0] : undefined
  // What is denied is a fact like any other: told once, with the state of the whole.
  if (only?.kind === 'clause') return { ...only, state: part.state, source: part.source, decides }
  const bare = each(to, (voice) =>
    part.kind === 'clause' ? leaf(to, voice, node, part, at) : heading(to, voice, part),
  )
  return {
    kind: part.kind,
    state: part.state,
    source: part.source,
    text: each(to, (voice) => withWho(voice, bare[voice.language] ?? '', who)),
    bare,
    who,
    decides,
    parameters: part.parameters.map(({ name }) => ({
      code: name,
      label: to.book.pack.parameters.find((parameter) => parameter.code === name)?.label ?? {},
      value: each(to, (voice) => parameterText(voice, name, 'parameter_value')),
      from: to.at.sources[name]?.from ?? '',
      source: each(to, (voice) => sourceText(voice, name)),
    })),
    ask: decides && children.length === 0 && part.state === 'unknown' ? asked(to, part.missing) : [],
    immaterial: children.length === 0 ? asked(to, part.immaterial) : [],
    spans: spansTold(to, node, part, at),
    clauses: children,
    worked_out: part.kind === 'clause' ? workedOut(to, part) : [],
  }
}

/** The bounds of a comparison's unknown sides, in the units of its values; none where neither end is known. */
function spansTold(to: Telling, node: Node, part: Explanation, at: Standing): Said['spans'] {
  if (node.op !== 'compare') return []
  const sides = [node.left, node.right].filter((side) => valueAt(side, at) === undefined)
  return part.spans.flatMap(({ least, most }, index) => {
    const side = sides[index]
    if (!side || (least === null && most === null)) return []
    const told = (end: number | null) =>
      end === null ? null : each(to, (voice) => valueText(voice, end, { type: side.type, unit: side.unit }))
    return [{ least: told(least), most: told(most) }]
  })
}

function below(to: Telling, node: Node, part: Explanation, at: Standing, who: Said['who'], decides: boolean): Said[] {
  switch (node.op) {
    case 'and':
    case 'or':
    case 'one':
      return node.args.map((arg, index) => {
        const clause = part.clauses[index]!
        return say(to, arg, clause, at, who, decides && tips(node.op, part.state, clause.state))
      })
    case 'not':
      return [say(to, node.arg, part.clauses[0]!, at, who, decides)]
    case 'if': {
      const condition = valueAt(node.condition, at)
      const branch = condition === true ? node.met : node.otherwise
      return part.clauses.map((clause, index) =>
        say(to, index === 0 ? node.condition : branch, clause, at, who, decides),
      )
    }
    case 'aggregate': {
      if (part.kind === 'clause' || node.body === null) return []
      const body = node.body
      const items = (to.whole[node.list] ?? []) as RuleRecord[]
      return part.clauses.map((clause) => {
        const index = clause.item!.index
        const item = items[index] ?? {}
        const person = { list: node.list, index, text: each(to, (voice) => whoIs(voice, node.list, index, item)) }
        return say(to, body, clause, { ...at, item, index }, person, decides)
      })
    }
    default:
      return []
  }
}

/** Derived fields among what a clause read, each with its own sum; what they are made of follows in turn. */
function workedOut(to: Telling, part: Explanation): Said[] {
  return part.values.flatMap(({ field }) => {
    const derived = to.book.compiled.derived.find((each) => each.name === field)
    if (!derived) return []
    const { rule } = derived.ready
    const own = explain(rule, to.whole, to.at.params, to.at.date)
    const made = say(to, rule.root, { ...own, kind: 'clause' }, standing(to.whole, to.at), null, false)
    const text = each(to, (voice) =>
      own.state === 'unknown'
        ? unknownText(to, voice, own)
        : answered(voice, labelOf(voice, field, null), term(voice, rule.root, standing(to.whole, to.at), 'head')),
    )
    return [{ ...made, text, bare: text, clauses: [] }]
  })
}

/** A false AND is decided by what is false, a true OR by what is true, an unknown by what is unknown. */
function tips(op: 'and' | 'or' | 'one', whole: string, part: string): boolean {
  if (op === 'one') return true
  if (whole === 'unknown') return part === 'unknown'
  return (op === 'and') === (whole === 'true') || part === whole
}

const each = (to: Telling, tell: (voice: Speaker) => string): Text =>
  Object.fromEntries(to.voices.map((voice) => [voice.language, tell(voice)]))

/** Missing answers behind the fields of a clause, each with its label and the person it is asked of. */
function asked(to: Telling, missing: readonly string[]): Said['ask'] {
  return (
    answersBehind(to.book, missing, to.whole, to.at)
      // No family can be asked what another department's list says.
      .filter((field) => !/^(?:#|params\.|registers\b)/.test(field))
      .map((field) => {
        const [, list, index, name] = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(field) ?? []
        if (list === undefined || name === undefined) {
          return { field, label: each(to, (voice) => fieldOrList(to, voice, field)), who: null }
        }
        const item = ((to.whole[list] ?? []) as RuleRecord[])[Number(index)] ?? {}
        return {
          field,
          label: each(to, (voice) => labelOf(voice, name, list)),
          who: each(to, (voice) => whoIs(voice, list, Number(index), item)),
        }
      })
  )
}

const fieldOrList = (to: Telling, voice: Speaker, name: string): string =>
  name in to.book.compiled.schema.lists ? listLabel(voice, name) : labelOf(voice, name, null)

const withWho = (voice: Speaker, text: string, who: Said['who']): string =>
  who === null ? text : framed(voice, 'of_whom', { who: who.text[voice.language] ?? '', text })

/** What a joining clause or a list test says before its parts do. */
function heading(to: Telling, voice: Speaker, part: Explanation): string {
  const [decided] = part.items
  if (!decided) return framed(voice, `${part.kind}_${part.state}`)
  // The list itself is what is missing.
  if (part.state === 'unknown' && decided.deciding.length === 0) return unknownText(to, voice, part)
  const items = (to.whole[decided.list] ?? []) as RuleRecord[]
  return framed(voice, `${part.kind}_${part.state}`, {
    list: listLabel(voice, decided.list),
    n: String(items.length),
    who: decided.deciding
      .map((index) => whoIs(voice, decided.list, index, items[index] ?? {}))
      .join(framed(voice, 'join')),
  })
}

function leaf(to: Telling, voice: Speaker, node: Node, part: Explanation, at: Standing): string {
  if (part.state === 'unknown') return unknownText(to, voice, part)
  const holds = part.state === 'true'
  switch (node.op) {
    case 'compare':
      return compared(voice, node, holds, at)
    case 'in': {
      const left = term(voice, node.arg, at, 'head')
      if (holds) return left
      const right = node.options.map((option) => choiceTerm(voice, node.arg, option, at)).join(framed(voice, 'list'))
      return framed(voice, 'none_of', { left, right })
    }
    case 'chosen': {
      const label = node.set.op === 'read' ? labelOf(voice, node.set.field, node.set.list) : ''
      const choice = literalText(voice, node.set, node.arg, at)
      return answered(voice, label, framed(voice, holds ? 'named' : 'not_named', { choice }))
    }
    case 'has':
      return answered(voice, labelOf(voice, node.field, node.list), framed(voice, holds ? 'given' : 'not_given'))
    case 'has_list':
      return answered(voice, listLabel(voice, node.list), framed(voice, holds ? 'given' : 'not_given'))
    default:
      return term(voice, node, at, 'head')
  }
}

function unknownText(to: Telling, voice: Speaker, part: Explanation): string {
  const names = answersBehind(to.book, part.missing, to.whole, to.at).map((field) => {
    if (field.startsWith('#')) return framed(voice, field.slice(1))
    if (field.startsWith('params.')) return parameterText(voice, field.slice('params.'.length))
    const inside = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(field)
    return inside ? labelOf(voice, inside[3]!, inside[1]!) : fieldOrList(to, voice, field)
  })
  return framed(voice, 'unknown', { what: [...new Set(names)].join(framed(voice, 'join')) })
}

const OPPOSITE = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const
const TURNED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const
const RELATION = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '==': 'eq', '!=': 'ne' } as const

/** What is so, not what was asked: a false `<` is told as "not below". */
function compared(voice: Speaker, node: Extract<Node, { op: 'compare' }>, holds: boolean, at: Standing): string {
  const turned = node.left.op === 'literal' || (node.left.op === 'parameter' && node.right.op !== 'literal')
  const [left, right] = turned ? [node.right, node.left] : [node.left, node.right]
  const sign = turned ? TURNED[node.sign] : node.sign
  const so = holds ? sign : OPPOSITE[sign]
  const told = term(voice, left, at, 'head')
  if (so === '==') {
    if (right.op === 'literal') return told
    return framed(voice, 'eq_to', { left: told, right: term(voice, right, at, 'head') })
  }
  // "2 people, above 0 people" says nothing that "2 people" does not.
  if ((so === '>' || so === '<=') && right.op === 'literal' && right.value === 0) return told
  return framed(voice, RELATION[so], { left: told, right: choiceTerm(voice, left, right, at) })
}

/** A literal in the words of the field it is held against: 'dropped_out' -> its label, 280000 -> money. */
function choiceTerm(voice: Speaker, of: Node, value: Node, at: Standing): string {
  if (value.op !== 'literal') return term(voice, value, at, 'head')
  const text = literalText(voice, of, value, at)
  return typeof value.value === 'string' ? framed(voice, 'choice', { choice: text }) : text
}

function literalText(voice: Speaker, of: Node, value: Node, at: Standing): string {
  const field = of.op === 'read' ? { name: of.field, list: of.list } : {}
  return valueText(voice, plainAt(value, at), { type: of.type, unit: of.unit, ...field })
}
