// `${name}` -> XPath: absolute, or relative where source and target share a repeat, so that each entry of a repeat
// looks at its own values. Behaviour: https://xlsform.org/en/#relevant and the reference cases of pyxform 4.5.
import type { Form, Item, Placed } from '../model.ts'
import { placedItems } from '../model.ts'
import { isName } from './names.ts'

const REFERENCE = /\$\{\s*(last-saved#)?([^}]*?)\s*\}/g

/** Names referred to in an expression or text, in order, `last-saved#` left off. */
export function referencedNames(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map((match) => match[2] ?? '')
}

/** References that are none: `${ a }`, `${}`, one that is not closed. */
export function brokenReferences(text: string): string[] {
  const candidates = [...text.matchAll(/\$\{([^}]*)(\}?)/g)]
  return candidates
    .filter(([, inner = '', end]) => end === '' || !isName(inner.replace(/^last-saved#/, '')))
    .map(([whole]) => whole)
}

/** True for one reference, or several parted by commas, and nothing else. */
export function isReferenceList(text: string): boolean {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '').every((part) => /^\$\{[^}]+\}$/.test(part))
}

/** True when the text refers to the answers of the submission saved last. */
export function refersToLastSaved(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some((match) => match[1] !== undefined)
}

// The form's own identifier may be referred to like a question.
const INSTANCE_ID: Item = {
  kind: 'question',
  type: 'hidden',
  name: 'instanceID',
  row: 0,
  labels: {},
  hints: {},
  guidance: {},
  media: {},
  bind: {},
  parameters: {},
}

export type Scope = { root: string; by_name: Map<string, Placed[]>; placed: Placed[] }

/** Looks all items up once; loops and expressions then resolve names against it. */
export function scopeOf(form: Pick<Form, 'items' | 'root_name'> & Partial<Pick<Form, 'settings'>>): Scope {
  const placed = placedItems(form)
  const by_name = new Map<string, Placed[]>()
  for (const one of placed) {
    const found = by_name.get(one.item.name)
    if (found) found.push(one)
    else by_name.set(one.item.name, [one])
  }
  if (!/^(yes|true|true\(\))$/i.test(form.settings?.['omit_instanceid'] ?? '') && !by_name.has('instanceID')) {
    by_name.set('instanceID', [{ item: INSTANCE_ID, path: ['meta', 'instanceID'], parents: [] }])
  }
  return { root: form.root_name, by_name, placed }
}

/** Absolute path of an item in the primary instance. */
export function pathOf(scope: Scope, placed: Placed): string {
  return `/${scope.root}/${placed.path.join('/')}`
}

/** Path of the target as seen from the context: relative when both stand in one repeat, else absolute. */
export function pathFrom(scope: Scope, context: Placed | undefined, target: Placed, current: boolean): string {
  let shared = -1
  let in_repeat = false
  if (context) {
    for (let at = 0; at < Math.min(context.parents.length, target.parents.length); at += 1) {
      if (context.parents[at] !== target.parents[at]) break
      shared = at
      if (context.parents[at]?.kind === 'repeat') in_repeat = true
    }
  }
  if (!context || !in_repeat) return pathOf(scope, target)
  const up = context.path.length - (shared + 1)
  const steps = [...Array.from({ length: up }, () => '..'), ...target.path.slice(shared + 1)].join('/')
  return current ? `current()/${steps}` : steps
}

/** Which characters of an expression lie in a predicate of a secondary instance: there `.` is the choice. */
function inInstancePredicate(expression: string, at: number): boolean {
  let depth = 0
  let quote = ''
  for (let index = 0; index < at; index += 1) {
    const char = expression[index] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth += 1
    else if (char === ']') depth -= 1
  }
  return depth > 0 && expression.slice(0, at).includes('instance(')
}

/** indexed-repeat(node, repeat, index, ...): nodes and repeats stay absolute, only the indexes are relative. */
function absoluteInIndexedRepeat(expression: string, at: number): boolean {
  const start = expression.lastIndexOf('indexed-repeat', at)
  if (start < 0) return false
  let depth = 0
  let argument = 0
  for (let index = expression.indexOf('(', start); index < at && index >= 0; index += 1) {
    const char = expression[index]
    if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth === 0) return false
    } else if (char === ',' && depth === 1) argument += 1
  }
  return depth >= 1 && (argument === 0 || argument % 2 === 1)
}

/**
 * Replaces every reference of an expression. Names that are unknown stay as written: the builder has reported them.
 * `current` = the expression is a choice filter, where paths start at `current()`.
 */
export function resolveReferences(
  scope: Scope,
  context: Placed | undefined,
  expression: string,
  current = false,
): string {
  return expression.replace(REFERENCE, (whole, last_saved: string | undefined, name: string, at: number) => {
    const target = scope.by_name.get(name)?.[0]
    if (!target) return whole
    if (last_saved !== undefined) return ` instance('__last-saved')${pathOf(scope, target)} `
    if (absoluteInIndexedRepeat(expression, at)) return ` ${pathOf(scope, target)} `
    return ` ${pathFrom(scope, context, target, current || inInstancePredicate(expression, at))} `
  })
}
