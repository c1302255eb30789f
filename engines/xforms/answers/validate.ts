// Checks answers that came without a form client (imports, other software): required and constraint, where relevant.
import { isSilent } from './fields.ts'
import { isExternal, inMeta, listInstance } from '../write/instances.ts'
import { logic } from '../write/binds.ts'
import type { Writing } from '../write/itext.ts'
import { textIn } from '../model.ts'
import type { Form, Item, Placed } from '../model.ts'
import { scopeOf } from '../read/references.ts'
import type { AnswerProblem, ParsedInstance } from './submission.ts'
import type { XmlElement } from '../xml.ts'
import { elementsOf, localName, textOf } from '../xml.ts'
import type { Expression } from '../xpath/parse.ts'
import { parseXPath, XPathSyntaxError } from '../xpath/parse.ts'
import type { Environment, Node } from '../xpath/evaluate.ts'
import { documentNode, evaluate, stringOf, toBoolean, XPathUnsupported } from '../xpath/evaluate.ts'

export type Clock = {
  /** `YYYY-MM-DD` */ today: string
  /** ISO date-time; midnight of today where absent. */ now?: string
}

/** `unchecked` names the expressions that could not be evaluated here, with the reason: they are neither kept nor broken. */
export type Validation = {
  problems: AnswerProblem[]
  unchecked: { path: string; expression: string; reason: string }[]
}

const node = (name: string, parent: Node): Node => ({
  kind: 'element',
  name,
  parent,
  children: [],
  attributes: [],
  text: '',
})

/** What validation needs of a form, worked out once for each: a bulk of submissions is checked by one form. */
type Prepared = {
  writing: Writing
  repeats: Set<string>
  placed_of: Map<Item, Placed>
  /** By item and cell: the expression, why it cannot be read, or undefined where it says nothing. */
  expressions: Map<Item, Map<string, Expression | string | undefined>>
  lists: Map<string, Node>
}

const prepared = new WeakMap<Form, Prepared>()

function prepare(form: Form): Prepared {
  const known = prepared.get(form)
  if (known) return known
  const writing: Writing = { form, scope: scopeOf(form), itext: { translations: new Map(), ids: new Map() } }
  const { placed } = writing.scope
  const made: Prepared = {
    writing,
    repeats: new Set(placed.filter(({ item }) => item.kind === 'repeat').map(({ item }) => item.name)),
    placed_of: new Map(placed.map((one) => [one.item, one])),
    expressions: new Map(),
    lists: new Map(),
  }
  prepared.set(form, made)
  return made
}

function expressionOf(form: Prepared, item: Item, written: string): Expression | string | undefined {
  const of_item = form.expressions.get(item) ?? new Map<string, Expression | string | undefined>()
  form.expressions.set(item, of_item)
  if (of_item.has(written)) return of_item.get(written)
  const placed = form.placed_of.get(item)
  const source = placed && logic(form.writing, placed, written)
  let expression: Expression | string | undefined
  try {
    expression = source === undefined ? undefined : parseXPath(source)
  } catch (error) {
    if (!(error instanceof XPathSyntaxError)) throw error
    expression = error.message
  }
  of_item.set(written, expression)
  return expression
}

/** The submission laid out as the form has it: every node there, blank where unanswered, so that paths meet something. */
function layOut(form: Form, root: XmlElement): Map<Item, Node[]> {
  const document: Node = { kind: 'document', name: '', children: [], attributes: [], text: '' }
  const nodes = new Map<Item, Node[]>()
  const top = node(form.root_name, document)
  document.children.push(top)
  const lay = (items: Item[], into: Node, from: XmlElement | undefined) => {
    const by_name = new Map<string, XmlElement[]>()
    for (const one of from ? elementsOf(from) : []) {
      if ('jr:template' in one.attributes) continue
      const name = localName(one.name)
      const alike = by_name.get(name)
      if (alike) alike.push(one)
      else by_name.set(name, [one])
    }
    for (const item of items) {
      if (isExternal(item) || inMeta(item)) continue
      const found = by_name.get(item.name) ?? []
      const sources: (XmlElement | undefined)[] = item.kind === 'repeat' ? found : [found[0]]
      const laid = nodes.get(item) ?? []
      nodes.set(item, laid)
      for (const source of sources) {
        const made = node(item.name, into)
        into.children.push(made)
        laid.push(made)
        if (item.kind !== 'question') lay(item.items, made, source)
        else if (source) {
          const text = textOf(source)
          if (text !== '')
            made.children.push({ kind: 'text', name: '', parent: made, children: [], attributes: [], text })
        }
      }
    }
  }
  lay(form.items, top, root)
  return nodes
}

/** Path as `answersOf` writes it: entries of repeats are counted from 1. */
function answerPath(at: Node, repeats: Set<string>): string {
  const steps: string[] = []
  for (let one: Node | undefined = at; one?.parent && one.parent.kind === 'element'; one = one.parent) {
    const name = one.name
    const alike = one.parent.children.filter((sibling) => sibling.name === name)
    steps.unshift(repeats.has(name) ? `${name}[${alike.indexOf(one) + 1}]` : name)
  }
  return steps.join('/')
}

/**
 * Evaluates `relevant`, `required` and `constraint` over a submission. A question that is not relevant is not checked,
 * nor a blank one for its constraint. Calculations are taken as submitted.
 */
export function validateSubmission(form: Form, instance: ParsedInstance & { ok: true }, clock: Clock): Validation {
  const result: Validation = { problems: [], unchecked: [] }
  const ready = prepare(form)
  const { writing, repeats } = ready
  const nodes = layOut(form, instance.root)
  const itemOf = new Map<Node, Item>()
  for (const [item, found] of nodes) for (const one of found) itemOf.set(one, item)
  const instanceOf = (id: string) => {
    const list = form.lists[id]
    if (list && !ready.lists.has(id))
      ready.lists.set(id, documentNode(elementsOf(listInstance(writing, list))[0] as XmlElement))
    return ready.lists.get(id)
  }

  const truth = (at: Node, item: Item, written: string): boolean | undefined => {
    const expression = expressionOf(ready, item, written)
    if (expression === undefined) return undefined
    const give = (reason: string) => {
      result.unchecked.push({ path: answerPath(at, repeats), expression: written, reason })
      return undefined
    }
    if (typeof expression === 'string') return give(expression)
    const env: Environment = {
      current: at,
      today: clock.today,
      now: clock.now ?? `${clock.today}T00:00:00.000Z`,
      instance: instanceOf,
    }
    try {
      return toBoolean(evaluate(expression, { node: at, position: 1, size: 1, env }))
    } catch (error) {
      if (error instanceof XPathUnsupported) return give(error.message)
      throw error
    }
  }
  const relevance = new Map<Node, boolean>()
  const isRelevant = (at: Node): boolean => {
    const known = relevance.get(at)
    if (known !== undefined) return known
    const item = itemOf.get(at)
    let relevant = at.parent?.kind === 'element' && at.parent.parent?.kind === 'element' ? isRelevant(at.parent) : true
    // What cannot be evaluated counts as relevant for constraints' sake; `required` is then not insisted upon.
    if (relevant && item?.bind.relevant !== undefined) relevant = truth(at, item, item.bind.relevant) ?? true
    relevance.set(at, relevant)
    return relevant
  }

  for (const { item } of writing.scope.placed) {
    if (item.kind !== 'question' || isSilent(item)) continue
    for (const at of nodes.get(item) ?? []) {
      if (!isRelevant(at)) continue
      const text = stringOf(at)
      if (text.trim() === '') {
        const before = result.unchecked.length
        if (
          item.bind.required !== undefined &&
          truth(at, item, item.bind.required) === true &&
          before === result.unchecked.length
        ) {
          result.problems.push({
            code: 'answer_required',
            path: answerPath(at, repeats),
            got: '',
            expected: textIn(item.bind.required_message ?? {}, form.default_language) ?? 'an answer',
          })
        }
      } else if (item.bind.constraint !== undefined && truth(at, item, item.bind.constraint) === false) {
        result.problems.push({
          code: 'answer_constraint',
          path: answerPath(at, repeats),
          got: text.slice(0, 200),
          expected: textIn(item.bind.constraint_message ?? {}, form.default_language) ?? item.bind.constraint,
        })
      }
    }
  }
  return result
}
