import { parseSync, type ESTree } from 'vite'
import { changesOf, type Change } from './changes.ts'

/** A change of a place in a file, with what stands there. */
export interface Mutant extends Change {
  /** From 1, unique in a run; the run's order. 0 stands for none. */
  id: number
  path: string
  line: number
  from: string
}

const isNode = (value: unknown): value is ESTree.Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value

/** The nodes below a node that are run: types, names of imports and keys that are names are none. */
function childrenOf(node: ESTree.Node): ESTree.Node[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return []
    case 'ExportNamedDeclaration':
      return node.declaration ? [node.declaration] : []
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return [node.expression]
    case 'UnaryExpression':
      // What `delete` takes away is a place, not a value.
      return node.operator === 'delete' ? [] : [node.argument]
    case 'ExpressionStatement':
      return node.directive ? [] : [node.expression]
    case 'TaggedTemplateExpression':
      return [node.tag, ...node.quasi.expressions]
    case 'Property':
      // In a pattern or an object: `{ key: value }`; of `{ name }` both are one text.
      if (node.shorthand) return node.value.type === 'AssignmentPattern' ? [node.value.right] : []
      return node.computed ? [node.key, node.value] : [node.value]
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return [...(node.computed ? [node.key] : []), ...(node.value ? [node.value] : [])]
    default:
      if (node.type.startsWith('TS')) return []
      return Object.entries(node).flatMap(([name, value]) => {
        if (name === 'parent') return []
        const list: unknown[] = Array.isArray(value) ? value : [value]
        return list.filter(isNode)
      })
  }
}

/**
 * The links of an optional chain: what hangs together with its `?.` must not be taken apart. Gives where each `?.` stands, and
 * the nodes beside the links.
 */
function linksOf(chain: ESTree.ChainExpression): {
  links: ESTree.Node[]
  beside: ESTree.Node[]
  optional: ESTree.Node[]
} {
  const links: ESTree.Node[] = []
  const beside: ESTree.Node[] = []
  const optional: ESTree.Node[] = []
  let at: ESTree.Node = chain.expression
  for (;;) {
    if (at.type === 'TSNonNullExpression') {
      links.push(at)
      at = at.expression
    } else if (at.type === 'MemberExpression') {
      links.push(at)
      if (at.optional) optional.push(at.object)
      if (at.computed) beside.push(at.property)
      at = at.object
    } else if (at.type === 'CallExpression') {
      links.push(at)
      if (at.optional) optional.push(at.callee)
      beside.push(...at.arguments)
      at = at.callee
    } else {
      return { links, beside: [...beside, at], optional }
    }
  }
}

/** `a?.b` that does not ask whether a is there, `a?.[0]` and `a?.()` likewise. */
function unasked(chain: ESTree.ChainExpression, before: ESTree.Node, text: string): Change | undefined {
  const dots = text.indexOf('?.', before.end)
  if (dots < 0 || dots >= chain.end) return undefined
  const rest = text.slice(dots + 2, chain.end)
  const to = text.slice(chain.start, dots) + (/^\s*[[(]/.test(rest) ? '' : '.') + rest
  return { kind: 'optional', at: { start: chain.start, end: chain.end }, to, shape: 'expression' }
}

export interface Parsed {
  changes: Change[]
  /** Where statements begin that are expressions: before a bracket there, JavaScript needs a semicolon. */
  statements: Set<number>
}

/** Everything that mutants may do to a source text. Refuses a text that does not parse. */
export function changesIn(path: string, text: string): Parsed {
  const { program, errors } = parseSync(path, text, { lang: 'ts', preserveParens: false })
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const changes: Change[] = []
  const statements = new Set<number>()

  const visit = (node: ESTree.Node, inThrow: boolean): void => {
    const throwing = inThrow || node.type === 'ThrowStatement'
    if (node.type === 'BlockStatement' || node.type === 'Program' || node.type === 'SwitchCase') {
      for (const each of node.type === 'SwitchCase' ? node.consequent : node.body)
        if (each.type === 'ExpressionStatement') statements.add(each.start)
    }
    if (node.type === 'ChainExpression') {
      const { beside, optional } = linksOf(node)
      for (const before of optional) changes.push(...[unasked(node, before, text)].filter((each) => each !== undefined))
      for (const each of beside) visit(each, throwing)
      return
    }
    changes.push(...changesOf(node, text, throwing))
    for (const child of childrenOf(node)) visit(child, throwing)
  }
  visit(program, false)
  return { changes, statements }
}

/** The mutants of a file, without their numbers. A change that leaves the text as it is is none. */
export function mutantsOf(path: string, text: string): Omit<Mutant, 'id'>[] {
  const { changes } = changesIn(path, text)
  return changes
    .map((change) => ({
      ...change,
      path,
      line: text.slice(0, change.at.start).split('\n').length,
      from: text.slice(change.at.start, change.at.end),
    }))
    .filter((each) => each.shape === 'statement' || each.to !== each.from)
}
