import { checkTable } from '#engines/rules/decision-table.ts'
import { checkParameters } from '#engines/rules/parameters.ts'
import { fieldProblems, fieldsOf } from '#engines/xforms/answers/fields.ts'
import type { Form, Item } from '#engines/xforms/form.ts'
import { checkAreas, readAreas } from '../areas.ts'
import { compilePack } from '../compile.ts'
import { checkComputed } from './computed.ts'
import { checkContradictions } from './contradictions.ts'
import { checkProcedures } from './procedure.ts'
import { checkExamples } from './examples.ts'
import { tryForm } from '../forms.ts'
import { FRAMES } from '../explain/frames.ts'
import { datedParameters, ruleSchemaOf } from '../schema/rules.ts'
import type { Pack, PackProblem } from '../schema/schema.ts'

/**
 * Everything that can be wrong with a pack whose files have the right shape: words missing in a language, codes twice,
 * references to nothing, parameters with gaps, areas that do not nest, procedures that leave a figure out, forms and rules that do not compile, rules that
 * contradict themselves or each other, examples that come out otherwise than they say. An empty list means the pack may
 * be used.
 */
export const checkPack = (pack: Pack): PackProblem[] => [...checkRules(pack), ...checkAreas(pack, readAreas(pack))]

/** `checkPack` without the areas: for other rules laid over a pack, whose areas were looked at and are the same. */
export function checkRules(pack: Pack): PackProblem[] {
  return [
    ...checkWords(pack),
    ...checkCodes(pack),
    ...checkReferences(pack),
    ...checkMeasures(pack),
    ...checkParameters(datedParameters(pack)).map(({ name, message, hint }): PackProblem => ({
      code: 'pack_parameter_gap',
      file: 'rules/parameters.yaml',
      at: name,
      message,
      hint,
    })),
    ...checkProcedures(pack),
    ...checkFormsAndRules(pack),
  ]
}

function checkFormsAndRules(pack: Pack): PackProblem[] {
  const problems: PackProblem[] = []
  for (const form_id of pack.forms) {
    const file = `forms/${form_id}.md`
    const { form, problems: found } = tryForm(pack, form_id)
    problems.push(...found)
    if (!form) continue
    if (form.form_id !== form_id)
      problems.push({ code: 'pack_bad_form', file, message: `Its form_id is ${form.form_id}.` })
    for (const { row, message, hint } of fieldProblems(form)) {
      problems.push({ code: 'pack_bad_form', file, at: `survey row ${row}`, message, hint })
    }
    problems.push(...formWords(pack, form, file))
    if (form_id !== pack.card_form) continue
    const { compiled, problems: refused } = compilePack(pack, fieldsOf(form))
    problems.push(...refused, ...tableProblems(pack, form))
    if (compiled)
      problems.push(
        ...checkComputed(pack, compiled),
        ...checkExamples(pack, compiled),
        ...checkContradictions(pack, compiled),
      )
  }
  return problems
}

/** Gaps, overlaps and rows never reached of the decision tables among the derived fields. */
const tableProblems = (pack: Pack, form: Form): PackProblem[] =>
  pack.derived.flatMap(({ name, table }, index) =>
    table === undefined
      ? []
      : checkTable(table, ruleSchemaOf(pack, fieldsOf(form), index)).map(({ message, hint }): PackProblem => ({
          code: 'pack_bad_rule',
          file: 'rules/derived.yaml',
          at: `${name}.table`,
          message,
          hint,
        })),
  )

/** A form names its languages as XLSForm does, `English (en)`: the code in brackets is the pack's. */
const speaks = (names: string[], language: string): boolean =>
  names.some((name) => name === language || name.endsWith(`(${language})`))

function formWords(pack: Pack, form: Form, file: string): PackProblem[] {
  const problems: PackProblem[] = []
  const look = (text: Record<string, string> | undefined, at: string, needed: boolean) => {
    if (text === undefined || (!needed && Object.keys(text).length === 0)) return
    for (const language of pack.languages) {
      if (!speaks(Object.keys(text), language)) {
        problems.push({ code: 'pack_missing_word', file, at, message: `${at} has no text in ${language}.` })
      }
    }
  }
  const walk = (items: Item[]): void => {
    for (const item of items) {
      const shown = item.kind !== 'question' || item.bind.calculation === undefined
      look(item.labels, `${item.name} label`, shown)
      look(item.hints, `${item.name} hint`, false)
      look(item.bind.constraint_message, `${item.name} constraint_message`, item.bind.constraint !== undefined)
      if (item.bind.constraint !== undefined && item.bind.constraint_message === undefined) {
        const message = `${item.name} has a constraint and does not say what is asked for.`
        problems.push({ code: 'pack_missing_word', file, at: item.name, message })
      }
      if (item.kind !== 'question') walk(item.items)
    }
  }
  walk(form.items)
  for (const list of Object.values(form.lists)) {
    for (const choice of list.choices) look(choice.labels, `${list.name} ${choice.name}`, true)
  }
  return problems
}

const isText = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string')

/** Names of properties that hold words for people; see schema.ts. */
const TEXTS = new Set([
  'title',
  'description',
  'label',
  'plain',
  'name',
  'plural',
  'note',
  'reason',
  'met_reason',
  'unmet_reason',
  'unknown_reason',
  'followup',
  'licence',
])

/** The file a path such as `measures.3.label` of the loaded pack was read from. */
function fileOf(place: string): string {
  const key = place.split('.')[0] ?? ''
  const held: Record<string, string> = { verdicts: 'verdict', priority: 'verdict' }
  const rules = [
    'parameters',
    'derived',
    'indicators',
    'vetoes',
    'causes',
    'measures',
    'exit',
    'alerts',
    'changes',
    'appraisal',
  ]
  const name = held[key] ?? (rules.includes(key) ? key : undefined)
  return name === undefined ? 'pack.yaml' : `rules/${name}.yaml`
}

function checkWords(pack: Pack): PackProblem[] {
  const problems: PackProblem[] = []
  const seen = new Set<object>()
  const look = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    for (const [key, inner] of Object.entries(value)) {
      const place = at === '' ? key : `${at}.${key}`
      if (TEXTS.has(key) && isText(inner)) {
        const missing = pack.languages.filter((language) => !inner[language]?.trim())
        const foreign = Object.keys(inner).filter((language) => !pack.languages.includes(language))
        for (const language of missing) {
          problems.push({
            code: 'pack_missing_word',
            file: fileOf(place),
            at: place,
            message: `${place} has no text in ${language}.`,
          })
        }
        for (const language of foreign) {
          problems.push({
            code: 'pack_missing_word',
            file: fileOf(place),
            at: place,
            message: `${place} has text in ${language}, which is not a language of the pack.`,
          })
        }
      } else if (key !== 'record' && key !== 'words' && key !== 'form_sources' && key !== 'area_files')
        look(inner, place)
    }
  }
  look(pack, '')
  const keys = (language: string) =>
    Object.entries(pack.words[language] ?? {}).flatMap(([section, words]) =>
      Object.keys(words).map((key) => `${section}.${key}`),
    )
  const all = new Set(pack.languages.flatMap(keys))
  // Frames of reasons: the product brings them in some languages; in any other they are the pack's to give.
  for (const frame of Object.keys(FRAMES['en'] ?? {})) all.add(`explain.${frame}`)
  for (const language of pack.languages) {
    const own = new Set(keys(language))
    for (const key of all) {
      const file = `words/${language}.yaml`
      if (!own.has(key) && !(key.startsWith('explain.') && language in FRAMES))
        problems.push({ code: 'pack_missing_word', file, at: key, message: `${key} is missing in ${language}.` })
    }
  }
  return problems
}

function checkCodes(pack: Pack): PackProblem[] {
  const lists: [string, string[]][] = [
    ['rules/parameters.yaml', pack.parameters.map((each) => each.code)],
    ['rules/derived.yaml', pack.derived.map((each) => each.name)],
    ['rules/indicators.yaml', pack.indicators.map((each) => each.code)],
    ['rules/verdict.yaml', pack.verdicts.map((each) => each.code)],
    ['rules/vetoes.yaml', pack.vetoes.map((each) => each.code)],
    ['rules/causes.yaml', pack.causes.map((each) => each.code)],
    ['rules/causes.yaml', pack.causes.map((each) => each.name)],
    ['rules/measures.yaml', pack.measures.map((each) => each.code)],
    ['rules/alerts.yaml', pack.alerts.map((each) => each.code)],
    ['rules/changes.yaml', pack.changes.map((each) => each.kind)],
    ['rules/exit.yaml', pack.exit?.household.map((each) => each.code) ?? []],
    ['rules/exit.yaml', pack.exit?.stops.map((each) => each.code) ?? []],
    ['pack.yaml', pack.levels.map((each) => each.level)],
  ]
  return lists.flatMap(([file, codes]) =>
    codes
      .filter((code, index) => codes.indexOf(code) !== index)
      .map((code): PackProblem => ({ code: 'pack_duplicate_code', file, at: code, message: `${code} stands twice.` })),
  )
}

function checkMeasures(pack: Pack): PackProblem[] {
  const idle = pack.measures.filter(
    ({ right, causes, closes }) =>
      !right && causes.length === 0 && closes.indicators.length === 0 && Number(closes.income) === 0,
  )
  return [
    ...checkSharing(pack),
    ...idle.map(({ code }) => ({
      code: 'pack_idle_measure' as const,
      file: 'rules/measures.yaml',
      at: code,
      message: `${code} closes nothing, answers no cause and is no right: no plan would ever hold it.`,
    })),
  ]
}

/** The level whose areas are held against one another is one of the pack's. */
function checkSharing({ sharing, levels }: Pack): PackProblem[] {
  if (sharing === null || levels.some((each) => each.level === sharing.compare)) return []
  const message = `sharing names the level ${sharing.compare}, which the pack does not have.`
  return [{ code: 'pack_unknown_reference', file: 'rules/measures.yaml', at: 'sharing', message }]
}

function checkReferences(pack: Pack): PackProblem[] {
  const problems: PackProblem[] = []
  const known = (file: string, at: string, names: readonly string[], among: string[], what: string) => {
    for (const name of names) {
      if (!among.includes(name)) {
        const message = `${at} names the ${what} ${name}, which the pack does not have.`
        problems.push({ code: 'pack_unknown_reference', file, at, message })
      }
    }
  }
  const indicators = pack.indicators.map((each) => each.code)
  const causes = pack.causes.map((each) => each.code)
  const measures = pack.measures.map((each) => each.code)
  const roles = Object.keys(pack.words[pack.default_language]?.['role'] ?? {})
  const word = (section: string) => Object.keys(pack.words[pack.default_language]?.[section] ?? {})
  known('pack.yaml', 'card_form', [pack.card_form], pack.forms, 'form')
  if (pack.inspection_form) known('pack.yaml', 'inspection_form', [pack.inspection_form], pack.forms, 'form')
  known('pack.yaml', 'default_language', [pack.default_language], pack.languages, 'language')
  known('words', 'registers', pack.registers, word('register'), 'register')
  for (const each of pack.indicators) known('rules/indicators.yaml', each.code, [each.group], word('group'), 'group')
  for (const { code, closes } of pack.causes)
    known('rules/causes.yaml', code, closes.indicators, indicators, 'indicator')
  for (const each of pack.measures) {
    const file = 'rules/measures.yaml'
    known(file, each.code, each.causes, causes, 'cause')
    known(file, `${each.code}.first_for`, each.first_for, each.causes, 'cause of its own list')
    known(file, each.code, each.closes.indicators, indicators, 'indicator')
    known(file, each.code, [...each.excludes, ...each.requires], measures, 'measure')
    known(file, each.code, [each.batch], word('batch'), 'batch')
  }
  for (const { code, raised_by } of pack.alerts)
    known('rules/alerts.yaml', code, raised_by, word('change_kind'), 'kind of change')
  known(
    'rules/alerts.yaml',
    'escalation',
    pack.escalation.map((step) => step.to),
    roles,
    'role',
  )
  for (const { kind, confirmed_by } of pack.changes) {
    known('rules/changes.yaml', kind, [kind], word('change_kind'), 'kind of change')
    known('rules/changes.yaml', kind, confirmed_by, roles, 'role')
  }
  for (const step of pack.appraisal?.steps ?? []) known('rules/appraisal.yaml', step.code, [step.by], roles, 'role')
  for (const step of Object.values(pack.exit?.steps ?? {}).flat())
    known('rules/exit.yaml', step.code, [step.by], roles, 'role')
  return problems
}
