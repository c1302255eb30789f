// XPath 1.0 expressions -> tree. Grammar: https://www.w3.org/TR/1999/REC-xpath-19991116/

export type Axis =
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'parent'
  | 'ancestor'
  | 'ancestor-or-self'
  | 'self'
  | 'attribute'
  | 'following-sibling'
  | 'preceding-sibling'
  | 'namespace'
export type Step = { axis: Axis; test: string; predicates: Expression[] }
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'call'; name: string; args: Expression[] }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'negate'; of: Expression }
  | { kind: 'filter'; of: Expression; predicates: Expression[] }
  /** `from` absent: relative to the context, or to the root where `absolute`. */
  | { kind: 'path'; absolute: boolean; from?: Expression; steps: Step[] }

export class XPathSyntaxError extends Error {}

type Token = { kind: 'number' | 'string' | 'name' | 'operator' | 'end'; text: string; at: number }

const AXES = new Set<string>([
  'child',
  'descendant',
  'descendant-or-self',
  'parent',
  'ancestor',
  'ancestor-or-self',
  'self',
  'attribute',
  'following-sibling',
  'preceding-sibling',
  'namespace',
])
const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\u00b7-]*(?::(?!:)(?:\*|[\p{L}_][\p{L}\p{N}\p{M}_.\u00b7-]*))?/u
const OPERATOR = /^(?:\/\/|::|!=|<=|>=|\.\.|[()[\]@,|+\-=<>*/.])/
const WORDS = new Set(['and', 'or', 'div', 'mod'])

function tokenise(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  // Section 3.7: after an operand `*` multiplies and and/or/div/mod are operators; elsewhere they are names.
  const afterOperand = () => {
    const last = tokens.at(-1)
    if (!last) return false
    if (last.kind === 'operator') return [')', ']', '..', '.'].includes(last.text)
    return true
  }
  while (at < source.length) {
    const rest = source.slice(at)
    const space = /^\s+/.exec(rest)
    if (space) {
      at += space[0].length
      continue
    }
    const literal = /^"[^"]*"|^'[^']*'/.exec(rest)
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)/.exec(rest)
    const name = NAME.exec(rest)
    if (literal) {
      tokens.push({ kind: 'string', text: literal[0].slice(1, -1), at })
      at += literal[0].length
    } else if (number) {
      tokens.push({ kind: 'number', text: number[0], at })
      at += number[0].length
    } else if (name) {
      const operand = afterOperand()
      tokens.push({ kind: operand && WORDS.has(name[0]) ? 'operator' : 'name', text: name[0], at })
      at += name[0].length
    } else {
      const operator = OPERATOR.exec(rest)
      if (!operator) throw new XPathSyntaxError(`unexpected "${rest[0]}" at ${at + 1}`)
      const operand = afterOperand()
      if (operator[0] === '*') {
        tokens.push({ kind: operand ? 'operator' : 'name', text: '*', at })
      } else tokens.push({ kind: 'operator', text: operator[0], at })
      at += operator[0].length
    }
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', 'div', 'mod'],
]

// Nested deeper than this no form is written by people, and the parser would run out of stack.
const MAX_DEPTH = 200

class Parser {
  tokens: Token[]
  at = 0
  depth = 0
  constructor(source: string) {
    this.tokens = tokenise(source)
  }

  get token(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '', at: 0 }
  }

  is(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text
  }

  take(text: string): boolean {
    if (!this.is(text)) return false
    this.at += 1
    return true
  }

  expect(text: string): void {
    if (!this.take(text)) throw new XPathSyntaxError(`"${text}" is missing at ${this.token.at + 1}`)
  }

  expression(level = 0): Expression {
    if (level === 0) this.depth += 1
    if (this.depth > MAX_DEPTH) throw new XPathSyntaxError('nested too deep')
    const operators = LEVELS[level]
    if (!operators) return this.unary()
    let left = this.expression(level + 1)
    while (this.token.kind === 'operator' && operators.includes(this.token.text)) {
      const operator = this.token.text
      this.at += 1
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) }
    }
    if (level === 0) this.depth -= 1
    return left
  }

  unary(): Expression {
    let negative = false
    while (this.take('-')) negative = !negative
    let left = this.path()
    while (this.take('|')) left = { kind: 'binary', operator: '|', left, right: this.path() }
    return negative ? { kind: 'negate', of: left } : left
  }

  startsStep(): boolean {
    const { kind, text } = this.token
    return kind === 'name' || (kind === 'operator' && ['.', '..', '@'].includes(text))
  }

  path(): Expression {
    if (this.is('/') || this.is('//')) {
      const steps: Step[] = []
      // `/` alone is the root; `//` needs a step after it (2.5).
      const deep = this.take('//')
      if (deep) steps.push({ axis: 'descendant-or-self', test: 'node()', predicates: [] })
      else this.expect('/')
      if (deep || this.startsStep()) this.steps(steps)
      return { kind: 'path', absolute: true, steps }
    }
    const next = this.tokens[this.at + 1]
    const call =
      this.token.kind === 'name' && next?.kind === 'operator' && next.text === '(' && !isNodeType(this.token.text)
    const primary = call || this.is('(') || this.token.kind === 'string' || this.token.kind === 'number'
    if (!primary) {
      const steps: Step[] = []
      this.steps(steps)
      return { kind: 'path', absolute: false, steps }
    }
    let from = this.primary()
    const predicates = this.predicates()
    if (predicates.length > 0) from = { kind: 'filter', of: from, predicates }
    if (!this.is('/') && !this.is('//')) return from
    const steps: Step[] = []
    if (this.take('//')) steps.push({ axis: 'descendant-or-self', test: 'node()', predicates: [] })
    else this.expect('/')
    this.steps(steps)
    return { kind: 'path', absolute: false, from, steps }
  }

  steps(into: Step[]): void {
    into.push(this.step())
    for (;;) {
      if (this.take('//')) into.push({ axis: 'descendant-or-self', test: 'node()', predicates: [] })
      else if (!this.take('/')) return
      into.push(this.step())
    }
  }

  step(): Step {
    if (this.take('.')) return { axis: 'self', test: 'node()', predicates: this.predicates() }
    if (this.take('..')) return { axis: 'parent', test: 'node()', predicates: this.predicates() }
    let axis: Axis = 'child'
    if (this.take('@')) axis = 'attribute'
    else if (AXES.has(this.token.text) && this.tokens[this.at + 1]?.text === '::') {
      axis = this.token.text as Axis
      this.at += 2
    }
    if (this.token.kind !== 'name') throw new XPathSyntaxError(`a name is missing at ${this.token.at + 1}`)
    let test = this.token.text
    this.at += 1
    if (this.is('(') && isNodeType(test)) {
      this.at += 1
      this.expect(')')
      test = `${test}()`
    }
    return { axis, test, predicates: this.predicates() }
  }

  predicates(): Expression[] {
    const found: Expression[] = []
    while (this.take('[')) {
      found.push(this.expression())
      this.expect(']')
    }
    return found
  }

  primary(): Expression {
    const { kind, text } = this.token
    this.at += 1
    if (kind === 'string') return { kind: 'string', value: text }
    if (kind === 'number') return { kind: 'number', value: Number(text) }
    if (kind === 'operator') {
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    this.expect('(')
    const args: Expression[] = []
    if (!this.is(')')) {
      do args.push(this.expression())
      while (this.take(','))
    }
    this.expect(')')
    return { kind: 'call', name: text, args }
  }
}

const isNodeType = (name: string) => name === 'node' || name === 'text'

/** Reads an XPath 1.0 expression. Throws XPathSyntaxError saying what is missing and where. */
export function parseXPath(source: string): Expression {
  const parser = new Parser(source)
  const expression = parser.expression()
  if (parser.token.kind !== 'end')
    throw new XPathSyntaxError(`unexpected "${parser.token.text}" at ${parser.token.at + 1}`)
  return expression
}
