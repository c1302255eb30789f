import { parse } from '@bufbuild/cel'
import { LIMITS } from './budget.ts'
import type { Place, RuleProblem } from '../tree.ts'

/** The parser's tree (cel.expr.Expr) with the places that the library does not keep. */
export type Expr = ReturnType<typeof parse>['expr']
export type Parsed = { expr: Expr; placeOf: (expr: Expr) => Place; macroOf: (expr: Expr) => string | undefined }

const MAX_SOURCE = 10_000
const TOKEN =
  /\s+|\/\/[^\n]*|[rRbB]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|0[xX][\da-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[uU]?|[A-Za-z_]\w*|&&|\|\||[<>=!]=|[^]/y

type Token = { text: string; start: number; end: number }

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let found = TOKEN.exec(source); found; found = TOKEN.exec(source)) {
    const start = found.index
    if (!/^(?:\s|\/\/)/.test(found[0])) tokens.push({ text: found[0], start, end: start + found[0].length })
    TOKEN.lastIndex = start + found[0].length
    if (TOKEN.lastIndex >= source.length) break
  }
  return tokens
}

/** Index of the token that closes the bracket at `open`. */
function closing(tokens: Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const text = tokens[at]!.text
    if (text === '(' || text === '[' || text === '{') depth++
    if (text === ')' || text === ']' || text === '}') depth--
    if (depth === 0) return at
  }
  return tokens.length - 1
}

/** Where a sorted list first has `holds`; its length where it never does. */
function firstWhere(tokens: Token[], holds: (token: Token) => boolean): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(tokens[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/** Widens a range until its brackets balance, so that `(a || b) && c` is shown whole. */
function balanced(tokens: Token[], place: Place): Place {
  let first = firstWhere(tokens, (token) => token.start >= place.start)
  let last = firstWhere(tokens, (token) => token.end > place.end) - 1
  if (first >= tokens.length || last < first) return place
  let depth = 0
  let missing = 0
  for (let at = first; at <= last; at++) {
    const text = tokens[at]!.text
    if (text === '(' || text === '[' || text === '{') depth++
    if (text === ')' || text === ']' || text === '}') depth--
    missing = Math.min(missing, depth)
  }
  first = Math.max(0, first + missing)
  last = Math.min(tokens.length - 1, last + depth - missing)
  return { start: tokens[first]!.start, end: tokens[last]!.end }
}

/** Places from the library's start offsets: a node spans its parts and its own last token. */
function placesOf(tokens: Token[], positions: Record<string, number>): (expr: Expr) => Place {
  const indexAt = new Map(tokens.map((token, index) => [token.start, index]))
  const known = new Map<bigint, Place>()

  const ownEnd = (expr: Expr, start: number): number => {
    const index = indexAt.get(start)
    if (index === undefined) return start
    const kind = expr.exprKind
    const next = (offset: number): string | undefined => tokens[index + offset]?.text
    if (kind.case === 'constExpr' && next(0) === '-') return tokens[index + 1]?.end ?? start
    if (kind.case === 'selectExpr' && next(0) === '.') return tokens[index + 1]?.end ?? start
    if (kind.case === 'listExpr') return tokens[closing(tokens, index)]!.end
    const open = [0, 1, 2].find((offset) => next(offset) === '(' || next(offset) === '[')
    const isCall =
      kind.case === 'callExpr' ? !/^[!\-_@]/.test(kind.value.function) || kind.value.function === '_[_]' : true
    if (kind.case !== 'constExpr' && kind.case !== 'identExpr' && isCall && open !== undefined) {
      return tokens[closing(tokens, index + open)]!.end
    }
    return tokens[index]!.end
  }

  const partsOf = (expr: Expr): Expr[] => {
    const kind = expr.exprKind
    if (kind.case === 'selectExpr') return kind.value.operand ? [kind.value.operand] : []
    if (kind.case === 'listExpr') return kind.value.elements
    if (kind.case === 'callExpr') return kind.value.target ? [kind.value.target, ...kind.value.args] : kind.value.args
    if (kind.case === 'comprehensionExpr') return kind.value.iterRange ? [kind.value.iterRange] : []
    return []
  }

  const placeOf = (expr: Expr): Place => {
    const found = known.get(expr.id)
    if (found) return found
    const start = positions[expr.id.toString()] ?? 0
    const parts = partsOf(expr).map(placeOf)
    const place = balanced(tokens, {
      start: Math.min(start, ...parts.map((part) => part.start)),
      end: Math.max(ownEnd(expr, start), ...parts.map((part) => part.end)),
    })
    known.set(expr.id, place)
    return place
  }
  return placeOf
}

/**
 * Reads CEL source. Gives the library's tree and, for each node, its place in the source and the macro it came from;
 * or one `rule_syntax` problem at the offending character.
 */
export function parseRule(source: string): Parsed | RuleProblem {
  if (source.length > MAX_SOURCE) {
    const message = `The rule has ${source.length} characters; at most ${MAX_SOURCE} are read.`
    return { code: 'rule_syntax', message, start: MAX_SOURCE, end: source.length, hint: 'Split it into several rules.' }
  }
  const tokens = tokensOf(source)
  if (tokens.length > LIMITS.tokens) {
    const message = `The rule has ${tokens.length} words and signs; at most ${LIMITS.tokens} are read.`
    const start = tokens[LIMITS.tokens]!.start
    return { code: 'rule_syntax', message, start, end: source.length, hint: 'Split it into several rules.' }
  }
  try {
    const parsed = parse(source)
    const macros = parsed.sourceInfo?.macroCalls ?? {}
    return {
      expr: parsed.expr,
      placeOf: placesOf(tokens, parsed.sourceInfo?.positions ?? {}),
      macroOf: (expr) => {
        const kind = macros[expr.id.toString()]?.exprKind
        return kind?.case === 'callExpr' ? kind.value.function : undefined
      },
    }
  } catch (error) {
    return syntaxProblem(error, source)
  }
}

/** The library backs out to the last place where the source could have ended; the first token after it is at fault. */
function syntaxProblem(error: unknown, source: string): RuleProblem {
  const location = (error as { location?: { start?: { offset?: number } } }).location
  const start = Math.min(location?.start?.offset ?? 0, source.length)
  const token = tokensOf(source).find((token) => token.start >= start)
  const detail = (error as { rawMessage?: string }).rawMessage ?? 'the expression is too deeply nested or malformed'
  return {
    code: 'rule_syntax',
    message: source.trim() === '' ? 'The rule is empty.' : `The rule cannot be read here: ${detail}.`,
    start,
    end: token?.end ?? source.length,
    hint: 'Each operator needs a value on both sides; text stands in quotes; use &&, || and ! for and, or and not.',
  }
}
