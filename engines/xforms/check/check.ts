// What can only be told from the whole form: names, references, lists, labels.
import { checkChoices, type OnColumn } from './choices.ts'
import { checkNames } from './names.ts'
import { isDynamic } from '../read/dynamic.ts'
import { checkEntities } from './entities.ts'
import { checkExpressions } from './expressions.ts'
import { externalInstances } from '../write/instances.ts'
import type { Form, FormProblem, Placed } from '../model.ts'
import { placedItems } from '../model.ts'
import { brokenReferences, referencedNames, scopeOf } from '../read/references.ts'
import type { Scope } from '../read/references.ts'
import { QUESTION_TYPES } from '../read/types.ts'

type Report = (
  code: FormProblem['code'],
  sheet: string,
  row: number,
  column: string | undefined,
  message: string,
  hint: string,
) => void

/** Checks a built form and lists what is wrong with it, in the order of the form. */
export function checkForm(form: Form): FormProblem[] {
  const problems: FormProblem[] = []
  const report: Report = (code, sheet, row, column, message, hint) =>
    problems.push({ code, message, sheet, row, hint, ...(column !== undefined && { column }) })
  const scope = scopeOf(form)
  const names = checkNames(scope)
  for (const placed of scope.placed) {
    problems.push(...(names.get(placed) ?? []))
    checkItem(form, placed, scope, report)
    problems.push(...checkExpressions(placed))
  }
  for (const list of Object.values(form.lists)) {
    for (const choice of list.choices) {
      const texts = { label: choice.labels, ...choice.media }
      for (const [column, text] of Object.entries(texts)) {
        for (const value of Object.values(text ?? {}))
          checkReferences(value, 'choices', choice.row, column, scope, report)
      }
    }
  }
  checkReferences(form.settings['instance_name'] ?? '', 'settings', 2, 'instance_name', scope, report)
  for (const entity of form.entities) {
    for (const column of ['label', 'entity_id', 'create_if', 'update_if'] as const) {
      checkReferences(entity[column] ?? '', 'entities', entity.row, column, scope, report)
    }
  }
  problems.push(...checkInstances(form), ...checkEntities(form, scope))
  return problems
}

function checkReferences(text: string, sheet: string, row: number, column: string, scope: Scope, report: Report): void {
  const broken = brokenReferences(text)
  if (broken.length > 0) {
    report(
      'form_invalid_reference',
      sheet,
      row,
      column,
      `"${broken[0]}" is not a reference.`,
      'Write ${name} with the name of a question, without spaces.',
    )
    return
  }
  for (const name of referencedNames(text)) {
    const found = scope.by_name.get(name)
    if (!found) {
      const near = [...scope.by_name.keys()].find(
        (one) => one.toLowerCase() === name.toLowerCase() || one.startsWith(name) || name.startsWith(one),
      )
      report(
        'form_unknown_reference',
        sheet,
        row,
        column,
        `\${${name}} names no question.`,
        near === undefined
          ? 'Check the spelling against the "name" column of the survey sheet.'
          : `Did you mean \${${near}}?`,
      )
    } else if (found.length > 1) {
      report(
        'form_ambiguous_reference',
        sheet,
        row,
        column,
        `\${${name}} names ${found.length} questions (rows ${found.map((one) => one.item.row).join(', ')}).`,
        'Give each of them a name of its own.',
      )
    }
  }
}

function checkItem(form: Form, placed: Placed, scope: Scope, report: Report): void {
  const { item } = placed
  const on = (code: FormProblem['code'], column: string, message: string, hint: string) =>
    report(code, 'survey', item.row, column, message, hint)
  const { bind } = item
  const columns: [string, string | undefined][] = [
    ['relevant', bind.relevant],
    ['constraint', bind.constraint],
    ['required', bind.required],
    ['readonly', bind.readonly],
    ['calculation', bind.calculation],
    ['default', bind.default],
    ['appearance', item.appearance],
  ]
  const texts = {
    label: item.labels,
    hint: item.hints,
    guidance_hint: item.guidance,
    constraint_message: bind.constraint_message,
    required_message: bind.required_message,
    ...item.media,
  }
  for (const [column, text] of Object.entries(texts))
    for (const value of Object.values(text ?? {})) columns.push([column, value])
  if (item.kind === 'repeat') columns.push(['repeat_count', item.repeat_count])
  if (item.kind === 'question')
    columns.push(
      ['choice_filter', item.choice_filter],
      ['choices', item.choices],
      ['parameters', item.parameters['seed']],
      ...(item.trigger ?? []).map((name) => ['trigger', `\${${name}}`] as [string, string]),
    )
  for (const [column, value] of columns)
    if (value !== undefined) checkReferences(value, 'survey', item.row, column, scope, report)
  if (item.media['big-image'] && !item.media.image)
    on(
      'form_invalid_parameter',
      'big-image',
      'big-image is given without image.',
      'Give the small picture in the image column.',
    )
  if (item.kind !== 'question') return
  const type = QUESTION_TYPES[item.type]
  if (item.choices !== undefined) checkChoices(form, item, on)
  const geometry = item.parameters['reference-geometry']
  if (geometry !== undefined) checkGeometry(form, geometry, scope, on)
  const shown = Object.keys(item.labels).length + Object.keys(item.hints).length + Object.keys(item.media).length > 0
  if (
    type?.control !== undefined &&
    !shown &&
    bind.calculation === undefined &&
    bind.default === undefined &&
    item.trigger === undefined
  ) {
    on(
      'form_missing_label',
      'label',
      `The question "${item.name}" has no label.`,
      'Write what the enumerator is to ask in the "label" column.',
    )
  }
  if (
    item.type === 'calculate' &&
    bind.calculation === undefined &&
    !(bind.default !== undefined && isDynamic(bind.default, item.type))
  ) {
    on(
      'form_missing_calculation',
      'calculation',
      `The calculate "${item.name}" has no calculation.`,
      'Write an expression in the "calculation" column.',
    )
  }
  if (item.type === 'audit' && item.name !== 'audit')
    on('form_invalid_name', 'name', `The audit is named "${item.name}".`, 'Name it "audit".')
  if (item.type === 'background-geopoint') {
    if (bind.calculation !== undefined)
      on(
        'form_invalid_trigger',
        'calculation',
        'A background-geopoint takes no calculation.',
        'Empty the "calculation" cell.',
      )
    if (item.trigger === undefined)
      on(
        'form_invalid_trigger',
        'trigger',
        'A background-geopoint needs a trigger.',
        'Write ${name} of the question that sets it off.',
      )
  }
  if (item.trigger) checkTrigger(item.trigger, scope, on)
}

function checkTrigger(names: string[], scope: Scope, on: OnColumn): void {
  if (names.length === 0)
    on('form_invalid_trigger', 'trigger', 'The trigger is not a reference.', 'Write ${name} of a question.')
  for (const name of names) {
    const target = scope.by_name.get(name)?.[0]?.item
    if (target && target.kind !== 'question')
      on('form_invalid_trigger', 'trigger', `\${${name}} is a ${target.kind}.`, 'Choose a question that is shown.')
    if (target?.kind !== 'question') continue
    const shown = Object.keys(target.labels).length + Object.keys(target.hints).length > 0
    if (QUESTION_TYPES[target.type]?.control === undefined || !shown) {
      on(
        'form_invalid_trigger',
        'trigger',
        `\${${name}} is never shown, so it cannot set anything off.`,
        'Choose a question that is shown.',
      )
    }
  }
}

/** Places to choose from on a map: a choice list, an entity list, an attached file, or the entries of a repeat. */
function checkGeometry(form: Form, geometry: string, scope: Scope, on: OnColumn): void {
  const [name] = referencedNames(geometry)
  const repeat = name !== undefined && scope.by_name.get(name)?.some(({ item }) => item.kind === 'repeat')
  const lists = [
    ...Object.keys(form.lists),
    ...form.entities.map((entity) => entity.list_name),
    ...externalInstances(form).map(({ id }) => id),
  ]
  // Parameters are kept in lower case.
  if (repeat || lists.some((list) => list.toLowerCase() === geometry.toLowerCase())) return
  on(
    'form_invalid_parameter',
    'parameters',
    `The reference-geometry "${geometry}" is no list and no repeat.`,
    'Name a choice list, an entity list, an attached file without its ending, or ${name} of a repeat.',
  )
}

/** One name, one source: an instance id that would mean two files, or a file and a choice list. */
function checkInstances(form: Form): FormProblem[] {
  const problems: FormProblem[] = []
  const seen = new Map<string, string>()
  const searched = new Map<string, boolean>()
  for (const { item } of placedItems(form)) {
    if (item.kind !== 'question' || item.choices === undefined || !form.lists[item.choices]) continue
    const searches = /\bsearch\(/.test(item.appearance ?? '')
    if ((searched.get(item.choices) ?? searches) !== searches) {
      problems.push({
        code: 'form_conflicting_instance',
        sheet: 'survey',
        row: item.row,
        column: 'appearance',
        message: `The list "${item.choices}" is used with search() and without.`,
        hint: 'Give the search() question a list of its own.',
      })
    }
    searched.set(item.choices, searches)
  }
  for (const { id, src, row } of externalInstances(form)) {
    const other = seen.get(id) ?? (form.lists[id] ? 'the choices sheet' : undefined)
    if (other !== undefined && other !== src) {
      problems.push({
        code: 'form_conflicting_instance',
        sheet: 'survey',
        row,
        message: `"${id}" would be read from ${other} and from ${src}.`,
        hint: 'Rename one of them.',
      })
    }
    seen.set(id, src)
  }
  return problems
}
