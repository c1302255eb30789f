import type { ESTree } from 'vite'

/** One change that a mutant makes: the text of `at` becomes `to`. */
export interface Change {
  kind: string
  at: { start: number; end: number }
  to: string
  /** `statement`: it is left out, and `to` is empty. */
  shape: 'expression' | 'statement'
}

// An operator and what it may become: the other side of the boundary, and its opposite.
const operators: Record<string, readonly string[]> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
}
const comparisons = new Set(['<', '<=', '>', '>='])
const assignments: Record<string, string> = { '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=', '??=': '=', '||=': '&&=' }
const methods: Record<string, string> = {
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
  floor: 'ceil',
  ceil: 'floor',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  trimStart: 'trimEnd',
  trimEnd: 'trimStart',
}

const isText = (node: ESTree.Node): boolean =>
  node.type === 'TemplateLiteral' ||
  (node.type === 'Literal' && typeof node.value === 'string') ||
  (node.type === 'BinaryExpression' && node.operator === '+' && (isText(node.left) || isText(node.right)))

/** Texts of three words and more are for people: which words they are is not the tests' business. */
const isProse = (text: string): boolean => /[a-z]+[ ,]+[a-z]+[ ,]+[a-z]+/i.test(text)

const isComparison = (node: ESTree.Node): boolean => node.type === 'BinaryExpression' && node.operator in operators

/**
 * What mutants may do to this node itself, its children left alone. `text` is the whole source. `inThrow` leaves texts of
 * errors as they are.
 */
export function changesOf(node: ESTree.Node, text: string, inThrow: boolean): Change[] {
  const source = (of: { start: number; end: number }) => text.slice(of.start, of.end)
  const expression = (kind: string, to: string, at: { start: number; end: number } = node): Change => ({
    kind,
    at: { start: at.start, end: at.end },
    to,
    shape: 'expression',
  })
  const leftOut = (kind: string, at: { start: number; end: number } = node): Change => ({
    ...expression(kind, '', at),
    shape: 'statement',
  })
  /** A condition turned round; of a comparison its operator is turned already. */
  const negated = (test: ESTree.Expression): Change[] =>
    isComparison(test) ? [] : [expression('condition', `!(${source(test)})`, test)]

  switch (node.type) {
    case 'BinaryExpression':
      if (node.operator === '+' && (isText(node.left) || isText(node.right))) return []
      return (operators[node.operator] ?? []).map((to) =>
        expression(
          comparisons.has(node.operator) || node.operator.includes('=') ? 'comparison' : 'arithmetic',
          `(${source(node.left)}) ${to} (${source(node.right)})`,
        ),
      )
    case 'LogicalExpression':
      if (node.operator === '??') return [expression('fallback', source(node.left))]
      return [
        expression('logical', `(${source(node.left)}) ${node.operator === '&&' ? '||' : '&&'} (${source(node.right)})`),
      ]
    case 'UnaryExpression':
      return node.operator === '!' || node.operator === '-' ? [expression('sign', source(node.argument))] : []
    case 'UpdateExpression': {
      const to = node.operator === '++' ? '--' : '++'
      return [expression('arithmetic', node.prefix ? to + source(node.argument) : source(node.argument) + to)]
    }
    case 'AssignmentExpression': {
      const to = assignments[node.operator]
      if (to === undefined || (node.operator === '+=' && isText(node.right))) return []
      return [expression('arithmetic', `${source(node.left)} ${to} ${source(node.right)}`)]
    }
    case 'IfStatement': {
      const gone = node.alternate ? leftOut('branch', node.alternate) : expression('branch', 'false', node.test)
      return [...negated(node.test), gone]
    }
    case 'ConditionalExpression':
      return negated(node.test)
    case 'WhileStatement':
      return [expression('loop', 'false', node.test)]
    case 'ForStatement':
      return node.test ? [expression('loop', 'false', node.test)] : []
    case 'ReturnStatement':
      return node.argument ? [expression('return', 'undefined', node.argument)] : []
    case 'ThrowStatement':
    case 'ContinueStatement':
      return [leftOut('statement')]
    case 'ExpressionStatement': {
      const inner = node.expression
      const isSuper = inner.type === 'CallExpression' && inner.callee.type === 'Super'
      return node.directive || isSuper ? [] : [leftOut('statement')]
    }
    case 'CallExpression': {
      const { callee } = node
      if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return []
      const to = Object.hasOwn(methods, callee.property.name) ? methods[callee.property.name] : undefined
      if (to === undefined) return []
      return [
        expression(
          'method',
          text.slice(node.start, callee.property.start) + to + text.slice(callee.property.end, node.end),
        ),
      ]
    }
    case 'ArrayExpression':
      return node.elements.length > 0 ? [expression('array', '[]')] : []
    case 'TemplateLiteral':
      return inThrow || isProse(source(node)) ? [] : [expression('text', "''")]
    case 'Literal':
      if (typeof node.value === 'boolean') return [expression('boolean', String(!node.value))]
      if (typeof node.value === 'string') {
        if (inThrow || isProse(node.value)) return []
        return [expression('text', node.value === '' ? "'?'" : "''")]
      }
      if (typeof node.value === 'number')
        return [expression('number', String(node.value + 1 === node.value ? 0 : node.value + 1))]
      if (typeof node.value === 'bigint') return [expression('number', `${node.value + 1n}n`)]
      return []
    default:
      return []
  }
}
