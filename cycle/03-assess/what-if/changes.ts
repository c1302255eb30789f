// The rules as they would be: parameters set otherwise, single rules rewritten, whole rule files exchanged. Pure.
import { parse } from 'yaml'
import { z } from 'zod'
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import type { FieldKind } from '#engines/rules/schema.ts'
import { nearest } from '#engines/rules/check/scope.ts'
import { problem } from '#door/problems.ts'
import { heavy } from '#door/heavy/pool.ts'
import { eachInTurn } from '#door/jobs/in-turn.ts'
import { compilePack, rulesIn } from '#packs/compile.ts'
import { compileOnce } from '#packs/compile-once.ts'
import { cardFields } from '#packs/forms.ts'
import { verdictSchemaOf } from '#packs/schema/rules.ts'
import { rulebookOf, type Rulebook } from '#packs/rulebook.ts'
import { files as fileShapes, type Pack, type Parameter, type Source } from '#packs/schema/schema.ts'

export const RULE_KINDS = ['derived', 'indicator', 'applies', 'verdict', 'priority', 'veto', 'cause'] as const
export type RuleKind = (typeof RULE_KINDS)[number]

export interface Changes {
  /** By code, in the unit the parameter declares (yuan, not fen). Text is read as a number. */
  parameters: Record<string, number | string>
  /** `applies`: when the question of an indicator arises. `priority` needs no code. */
  rules: { kind: RuleKind; code: string; source: string }[]
  /** Rule files of a draft by their name in a pack (`rules/indicators.yaml`), which stand for those in force. */
  files: Record<string, string>
}

export const no_changes: Changes = { parameters: {}, rules: [], files: {} }

const IMAGINED: Source = { title: { en: 'What if', zh: '假设' }, date: '2026-01-01', confidence: 'assumption' }
// A changed value holds everywhere and on every day: a question about a line is about all of its years.
const ALWAYS = '0001-01-01'

/**
 * The rulebook with the changes made to it; the one given is not touched. Throws `whatif_unknown_parameter`,
 * `whatif_bad_value`, `whatif_unknown_rule`, `whatif_bad_rule` and `whatif_bad_file`, each with its place and, where
 * a name is near, the nearest.
 */
export function changedBook(book: Rulebook, changes: Changes, read = readFiles(changes.files)): Rulebook {
  let pack = withFiles(book.pack, read)
  pack = withParameters(pack, changes.parameters)
  pack = withRules(pack === book.pack ? book : compiled(pack), pack, changes.rules)
  return pack === book.pack ? book : compiled(pack)
}

function compiled(pack: Pack): Rulebook {
  const { problems } = compilePack(pack, cardFields(pack))
  if (problems.length === 0) return rulebookOf(pack)
  throw problem('whatif_bad_rule', {
    detail: problems.map((each) => `${each.file} ${each.at ?? ''}: ${each.message}`).join('; '),
    errors: problems.map((each) => ({ path: `${each.file} ${each.at ?? ''}`, message: each.message, hint: each.hint })),
  })
}

function withParameters(pack: Pack, wanted: Changes['parameters']): Pack {
  const codes = Object.keys(wanted)
  if (codes.length === 0) return pack
  const known = pack.parameters.map((each) => each.code)
  const unknown = codes.filter((code) => !known.includes(code))
  if (unknown.length > 0) {
    const errors = unknown.map((code) => ({ path: code, ...unknownName(`no parameter ${code}`, code, known) }))
    throw problem('whatif_unknown_parameter', { detail: errors.map((each) => each.message).join(' '), errors, known })
  }
  const parameters = pack.parameters.map((parameter) => {
    const value = wanted[parameter.code]
    if (value === undefined) return parameter
    const said = minorOf(pack, parameter, value)
    return {
      ...parameter,
      values: [{ from: ALWAYS, value: said, confidence: 'assumption' as const, source: IMAGINED }],
    }
  })
  return { ...pack, parameters }
}

/** A value in the parameter's declared unit as rules read it: money in minor units. */
function minorOf(pack: Pack, { code, type, unit }: Parameter, given: number | string): number {
  const text = String(given).trim()
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  const scaled = type === 'money' ? Math.round(number * pack.currency.minor_units * 1e6) / 1e6 : number
  const fits = type === 'decimal' ? Number.isFinite(scaled) && Math.abs(scaled) <= 1e9 : Number.isSafeInteger(scaled)
  if (fits) return scaled
  const wanted = { money: `an amount in ${unit}`, int: `a whole number (${unit})`, decimal: `a number (${unit})` }[type]
  const message = `${code} is ${wanted}; ${text === '' ? 'nothing' : text} is none.`
  throw problem('whatif_bad_value', { detail: message, errors: [{ path: code, message, got: given }] })
}

/** A value as rules read it, in the unit its parameter declares. */
export const inDeclaredUnit = (pack: Pack, parameter: Pick<Parameter, 'type'>, value: number): number =>
  parameter.type === 'money' ? value / pack.currency.minor_units : value

interface Place {
  codes: string[]
  kinds: FieldKind[]
  put: (code: string, source: string) => Pack
}

function placeOfRule(pack: Pack, kind: RuleKind): Place {
  const bool: FieldKind[] = ['bool']
  const list = <T>(entries: T[], code: (entry: T) => string, put: (entry: T, source: string) => T) => ({
    codes: entries.map(code),
    change: (wanted: string, source: string) =>
      entries.map((entry) => (code(entry) === wanted ? put(entry, source) : entry)),
  })
  switch (kind) {
    case 'derived': {
      const { codes, change } = list(
        pack.derived,
        (each) => each.name,
        (each, rule) => ({ ...each, rule }),
      )
      const kinds: FieldKind[] = ['money', 'int', 'decimal', 'bool']
      return { codes, kinds, put: (code, source) => ({ ...pack, derived: change(code, source) }) }
    }
    case 'indicator':
    case 'applies': {
      const name = kind === 'indicator' ? 'met' : 'applies'
      const { codes, change } = list(
        pack.indicators,
        (each) => each.code,
        (each, rule) => ({ ...each, [name]: rule }),
      )
      return { codes, kinds: bool, put: (code, source) => ({ ...pack, indicators: change(code, source) }) }
    }
    case 'verdict': {
      const { codes, change } = list(
        pack.verdicts,
        (each) => each.code,
        (each, rule) => ({ ...each, rule }),
      )
      return { codes, kinds: bool, put: (code, source) => ({ ...pack, verdicts: change(code, source) }) }
    }
    case 'priority': {
      const put = (_: string, rule: string): Pack =>
        pack.priority ? { ...pack, priority: { ...pack.priority, rule } } : pack
      return { codes: pack.priority ? ['priority'] : [], kinds: ['int', 'decimal'], put }
    }
    case 'veto': {
      const { codes, change } = list(
        pack.vetoes,
        (each) => each.code,
        (each, rule) => ({ ...each, rule }),
      )
      return { codes, kinds: bool, put: (code, source) => ({ ...pack, vetoes: change(code, source) }) }
    }
    case 'cause': {
      const { codes, change } = list(
        pack.causes,
        (each) => each.code,
        (each, rule) => ({ ...each, rule }),
      )
      return { codes, kinds: bool, put: (code, source) => ({ ...pack, causes: change(code, source) }) }
    }
  }
}

function withRules(book: Rulebook, pack: Pack, rules: Changes['rules']): Pack {
  for (const { kind, code: given, source } of rules) {
    const code = kind === 'priority' ? 'priority' : given
    const place = placeOfRule(pack, kind)
    if (!place.codes.includes(code)) {
      const message = `There is ${unknownName(`no ${kind} ${code}`, code, place.codes).message}`
      throw problem('whatif_unknown_rule', { detail: message, errors: [{ path: `${kind}:${code}`, message }] })
    }
    const schema = book.compiled.schema
    const compiledRule = compileRule(
      source,
      kind === 'verdict' || kind === 'priority' ? verdictSchemaOf(pack, schema) : schema,
      place.kinds.length === 1 ? place.kinds[0] : undefined,
    )
    if (isRefused(compiledRule)) {
      throw problem('whatif_bad_rule', {
        detail: compiledRule
          .map((each) => `${kind}:${code} at ${each.start + 1}: ${each.message}${each.hint ? ` ${each.hint}` : ''}`)
          .join(' '),
        errors: compiledRule.map((each) => ({
          path: `${kind}:${code}`,
          message: each.message,
          reason: each.code,
          start: each.start,
          end: each.end,
          text: source.slice(each.start, each.end),
          ...(each.hint === undefined ? {} : { hint: each.hint }),
        })),
      })
    }
    pack = place.put(code, source)
  }
  return pack
}

type Files = [name: keyof typeof fileShapes, data: unknown][]

const isRuleFile = (name: string): name is keyof typeof fileShapes => Object.hasOwn(fileShapes, name)

/** The rule files as data, by their names without ending. Throws `whatif_bad_file`. */
export function readFiles(given: Changes['files']): Files {
  const found: Files = []
  for (const [path, text] of Object.entries(given)) {
    const name = /^rules\/(\w+)\.yaml$/.exec(path)?.[1]
    if (name === undefined || !isRuleFile(name)) {
      const files = Object.keys(fileShapes).map((each) => `rules/${each}.yaml`)
      throw problem('whatif_bad_file', {
        detail: `${path} is no file of rules. ${files.join(', ')} are.`,
        errors: [{ path, message: 'This is no file of rules.' }],
      })
    }
    const shape: z.ZodType = fileShapes[name]
    const read = shape.safeParse(yamlOf(path, text))
    if (!read.success) {
      const errors = read.error.issues.map((issue) => ({
        path: `${path} ${issue.path.join('.')}`,
        message: issue.message,
      }))
      throw problem('whatif_bad_file', {
        detail: errors.map((each) => `${each.path}: ${each.message}`).join('; '),
        errors,
      })
    }
    found.push([name, read.data])
  }
  return found
}

const withFiles = (pack: Pack, files: Files): Pack =>
  files.reduce((changed, [name, data]) => withFile(changed, name, data), pack)

/**
 * As `changedBook`, for the thread that answers everybody: files are read in a thread of their own, rules compiled a few
 * at a time. What `changedBook` itself does after that is little: it finds them compiled.
 */
export async function changedBookAside(book: Rulebook, changes: Changes, signal?: AbortSignal): Promise<Rulebook> {
  const few = Object.keys(changes.files).length === 0
  const work = new URL(import.meta.url)
  const read = few ? [] : await heavy<typeof readFiles>(work, 'readFiles', [changes.files], { signal })
  const pack = withParameters(withFiles(book.pack, read), changes.parameters)
  if (pack !== book.pack) {
    await eachInTurn(rulesIn(pack, cardFields(pack)), ({ source, schema }) => void compileOnce(source, schema))
  }
  return changedBook(book, changes, read)
}

function withFile(pack: Pack, name: keyof typeof fileShapes, data: unknown): Pack {
  if (name === 'exit' || name === 'appraisal') return { ...pack, [name]: data }
  const read = data as Partial<Pack> & { priority?: Pack['priority'] }
  if (name === 'verdict') return { ...pack, verdicts: read.verdicts ?? [], priority: read.priority ?? null }
  return { ...pack, [name]: read[name] ?? [] }
}

function yamlOf(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 1000 })
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The file is no YAML.'
    throw problem('whatif_bad_file', { detail: `${path}: ${message}`, errors: [{ path, message }] })
  }
}

function unknownName(what: string, name: string, known: string[]): { message: string; hint?: string } {
  const close = nearest(name, known) ?? known.find((each) => each.includes(name) || name.includes(each))
  const others = close ? `Did you mean ${close}?` : `There are: ${known.join(', ')}.`
  return { message: `${what}. ${others}`, ...(close ? { hint: close } : {}) }
}

export interface DescribedChange {
  kind: RuleKind | 'parameter'
  code: string
  label: Record<string, string>
  unit: string | null
  before: string | number | null
  after: string | number | null
}

/** What differs between two rulebooks, entry by entry: parameters in their declared unit as on `date`, rules as CEL. */
export function describeChanges(
  before: Rulebook,
  after: Rulebook,
  paramsOf: (book: Rulebook) => Record<string, unknown>,
): DescribedChange[] {
  const [old, fresh] = [paramsOf(before), paramsOf(after)]
  const parameters = after.pack.parameters.flatMap((parameter): DescribedChange[] => {
    const { code, label, unit } = parameter
    if (old[code] === fresh[code]) return []
    const value = (all: Record<string, unknown>) =>
      typeof all[code] === 'number' ? inDeclaredUnit(after.pack, parameter, all[code]) : null
    return [{ kind: 'parameter', code, label, unit, before: value(old), after: value(fresh) }]
  })
  return [...parameters, ...RULE_KINDS.flatMap((kind) => ruleChanges(before.pack, after.pack, kind))]
}

/** Rules of one kind that read otherwise, are new or are gone. */
function ruleChanges(before: Pack, after: Pack, kind: RuleKind): DescribedChange[] {
  const [was, is] = [rulesOf(before, kind), rulesOf(after, kind)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((code): DescribedChange[] => {
    const [a, b] = [was.get(code), is.get(code)]
    if (a?.rule === b?.rule) return []
    const label = b?.label ?? a?.label ?? {}
    return [{ kind, code, label, unit: null, before: a?.rule ?? null, after: b?.rule ?? null }]
  })
}

interface Named {
  label: Record<string, string>
  rule: string
}

function rulesOf(pack: Pack, kind: RuleKind): Map<string, Named> {
  const entries: [string, Named][] = (() => {
    switch (kind) {
      case 'derived':
        return pack.derived.map(({ name, label, rule }): [string, Named] => [name, { label, rule }])
      case 'indicator':
        return pack.indicators.map(({ code, label, met }): [string, Named] => [code, { label, rule: met }])
      case 'applies':
        return pack.indicators.flatMap(({ code, label, applies }): [string, Named][] =>
          applies === undefined ? [] : [[code, { label, rule: applies }]],
        )
      case 'verdict':
        return pack.verdicts.map(({ code, label, rule }): [string, Named] => [code, { label, rule }])
      case 'priority':
        return pack.priority ? [['priority', { label: pack.priority.label, rule: pack.priority.rule }]] : []
      case 'veto':
        return pack.vetoes.map(({ code, label, rule }): [string, Named] => [code, { label, rule }])
      case 'cause':
        return pack.causes.map(({ code, label, rule }): [string, Named] => [code, { label, rule }])
    }
  })()
  return new Map(entries)
}
