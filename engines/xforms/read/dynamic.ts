// Is a default a constant (written into the instance) or an expression (set when the form opens)?
import { syntaxProblem } from '../check/expressions.ts'

// How the reference converter (pyxform 4.5) reads a default: the first of these that fits at each place. A hyphen within
// a word, a number with its sign, and an address are no arithmetic.
const TOKENS: [kind: 'plain' | 'minus' | 'sign', pattern: RegExp][] = [
  ['plain', /-?\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}:\d{2}|Z)?)?/y],
  ['plain', /\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)?/y],
  ['plain', /-?\d+\.\d*|-?\.\d+|-?\d+/y],
  ['minus', /-/y],
  ['sign', /[*+|]| mod | div /y],
  ['plain', /"[^"]*"|'[^']*'/y],
  ['sign', /\$\{(last-saved#)?[\p{L}_][\p{L}\p{N}\p{M}_.-]*\}/uy],
  ['sign', /[\p{L}_][\p{L}\p{N}\p{M}_.:-]*\(/uy],
  ['plain', /[\p{L}_][\p{L}\p{N}\p{M}_.-]*:\/\//uy],
  ['plain', /[\p{L}_][\p{L}\p{N}\p{M}_.-]*/uy],
  ['plain', /[^]/uy],
]

// Their values have hyphens of their own.
const HYPHENED = new Set(['date', 'dateTime', 'geopoint', 'geotrace', 'geoshape'])

/** True for functions, references and arithmetic; false for words, numbers, dates, paths and their likes. */
export function isDynamic(written: string, type: string): boolean {
  const text = written.trim()
  // Media defaults are file names.
  if (['image', 'audio', 'video', 'file'].includes(type)) return /[\w-]+\([^)]*\)/.test(text)
  let at = 0
  while (at < text.length) {
    const found = tokenAt(text, at)
    if (found.kind === 'minus' && HYPHENED.has(type)) return false
    // "C++" looks like arithmetic and is none: a client would stop at it.
    if (found.kind !== 'plain') return syntaxProblem(text) === undefined
    at = found.end
  }
  return false
}

function tokenAt(text: string, at: number): { kind: 'plain' | 'minus' | 'sign'; end: number } {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at
    if (pattern.test(text)) return { kind, end: pattern.lastIndex }
  }
  return { kind: 'plain', end: at + 1 }
}
