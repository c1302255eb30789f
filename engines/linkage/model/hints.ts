import { codePoints, editDistance } from '../compare/distance.ts'
import type { Comparison, ComparisonKind, Level } from './model.ts'

/** What was wrong with a model, and where: `comparisons[0].levels[1].m`. */
export type ModelFault = { path: string; message: string }

/** The one of `known` that a word was meant to be: at most a third of its letters away; null where none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const codes = codePoints(word)
  let best: string | null = null
  let least = Math.max(1, Math.floor(codes.length / 3)) + 1
  for (const each of known) {
    const edits = editDistance(codes, codePoints(each))
    if (edits < least) [best, least] = [each, edits]
  }
  return best
}

/** ` Did you mean "columns"?`, or nothing. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const found = nearest(word, known)
  return found === null ? '' : ` Did you mean "${found}"?`
}

type Json = { properties?: Record<string, Json>; items?: Json; anyOf?: Json[]; oneOf?: Json[]; enum?: unknown[] }

/** The part of a JSON schema that describes the value at `path`. */
function partOf(schema: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (part, key) => (typeof key === 'number' ? part?.items : part?.properties?.[String(key)]),
    schema,
  )
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (part, key): unknown => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  )

type Issue = {
  code: string
  path: readonly PropertyKey[]
  message: string
  keys?: readonly string[]
  expected?: string
}

const pathText = (path: readonly PropertyKey[]) =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')

/** What zod found, in words that say what to write instead. `schema`: the JSON schema of the whole. */
export function faultsOf(issues: readonly Issue[], model: unknown, schema: object): ModelFault[] {
  return issues.flatMap((issue): ModelFault[] => {
    const part = partOf(schema, issue.path)
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(part?.properties ?? {}).filter((key) => key !== '$schema')
      const list = known.length > 0 ? ` Fields here: ${known.join(', ')}.` : ''
      return (issue.keys ?? []).map((key) => ({
        path: pathText([...issue.path, key]),
        message: `There is no such field.${didYouMean(key, known) || list}`,
      }))
    }
    const path = pathText(issue.path)
    const value = valueAt(model, issue.path)
    if (value === undefined && issue.path.length > 0) return [{ path, message: 'It is missing.' }]
    if (issue.expected === 'array' && typeof value === 'string') {
      return [{ path, message: `It must be a list: [${JSON.stringify(value)}].` }]
    }
    const among = part?.enum?.filter((each) => typeof each === 'string')
    if (among && typeof value === 'string') {
      return [{ path, message: `"${value}" is none of ${among.join(', ')}.${didYouMean(value, among)}` }]
    }
    return [{ path, message: issue.message }]
  })
}

const OF_KIND: Partial<Record<ComparisonKind, readonly (keyof Level)[]>> = {
  text: ['at_least', 'max_edits'],
  number: ['within'],
  prefix: ['length'],
}
const CONDITIONS = ['at_least', 'max_edits', 'within', 'length'] as const

/** Conditions that would never be read, and levels between the first and the last that no pair could reach. */
export function idleConditions(comparisons: readonly Comparison[]): ModelFault[] {
  return comparisons.flatMap(({ kind, levels }, c) =>
    levels.flatMap((level, k): ModelFault[] => {
      const path = `comparisons[${c}].levels[${k}]`
      const own = OF_KIND[kind] ?? []
      const foreign = CONDITIONS.filter((name) => level[name] !== undefined && !own.includes(name))
      const between = kind === 'text' && k > 0 && k < levels.length - 1
      return [
        ...foreign.map((name) => ({
          path: `${path}.${name}`,
          message: `Kind ${kind} does not read it${own.length > 0 ? `, but ${own.join(' and ')}` : ''}.`,
        })),
        ...(between && own.every((name) => level[name] === undefined)
          ? [{ path, message: `Level "${level.name}" needs at_least or max_edits: no pair would reach it.` }]
          : []),
      ]
    }),
  )
}
