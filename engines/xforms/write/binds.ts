// Binds and the actions that stand beside them in the model.
import { isDynamic } from '../read/dynamic.ts'
import type { Writing } from './itext.ts'
import { messageOf } from './itext.ts'
import type { Placed, Question } from '../model.ts'
import { pathOf, resolveReferences } from '../read/references.ts'
import { QUESTION_TYPES } from '../read/types.ts'
import type { XmlElement } from '../xml.ts'
import { element } from '../xml.ts'

const YES = /^(yes|true|true\(\))$/i
const NO = /^(no|false|false\(\))$/i

/** A logical cell as XPath: yes -> true(), no -> false(), expressions with their references resolved. */
export function logic(writing: Writing, placed: Placed, written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  if (YES.test(written)) return 'true()'
  if (NO.test(written)) return 'false()'
  return resolveReferences(writing.scope, placed, written)
}

function typeAttributes(question: Question): Record<string, string | undefined> {
  const { parameters } = question
  switch (question.type) {
    case 'image':
      return { 'orx:max-pixels': parameters['max-pixels'] }
    case 'audio':
      return { 'odk:quality': parameters['quality'] }
    case 'geopoint':
    case 'geotrace':
    case 'geoshape':
      return { 'odk:allow-mock-accuracy': parameters['allow-mock-accuracy'] }
    case 'audit':
      return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [`odk:${key}`, value]))
    default:
      return {}
  }
}

const FRACTION = /[.eE]/

/** Bind type of a question: a range is decimal as soon as one of its marks is. */
export function bindType(question: Question): string | undefined {
  if (question.type !== 'range') return QUESTION_TYPES[question.type]?.bind
  const { start = '1', end = '10', step = '1' } = question.parameters
  return [start, end, step].some((mark) => FRACTION.test(mark)) ? 'decimal' : 'int'
}

/** The bind of an item; undefined when it would say nothing. */
export function bindOf(
  writing: Writing,
  placed: Placed,
  nodeset = pathOf(writing.scope, placed),
): XmlElement | undefined {
  const { item } = placed
  const { bind } = item
  const question = item.kind === 'question' ? item : undefined
  const type = question ? QUESTION_TYPES[question.type] : undefined
  const attributes: Record<string, string | undefined> = {
    type: question ? bindType(question) : undefined,
    readonly: type?.readonly ? 'true()' : undefined,
    ...(type?.preload && { 'jr:preload': type.preload[0], 'jr:preloadParams': type.preload[1] }),
    ...(question && typeAttributes(question)),
  }
  const set = (key: string, value: string | undefined) => {
    if (value !== undefined) attributes[key] = value
  }
  set('relevant', logic(writing, placed, bind.relevant))
  set('required', logic(writing, placed, bind.required))
  set('readonly', logic(writing, placed, bind.readonly))
  set('constraint', logic(writing, placed, bind.constraint))
  if (question?.trigger === undefined) set('calculate', logic(writing, placed, bind.calculation))
  set('jr:constraintMsg', messageOf(writing, placed, bind.constraint_message, 'jr:constraintMsg'))
  set('jr:requiredMsg', messageOf(writing, placed, bind.required_message, 'jr:requiredMsg'))
  set('jr:noAppErrorString', messageOf(writing, placed, bind.no_app_error_string, 'jr:noAppErrorString'))
  for (const [key, value] of Object.entries(bind.extra ?? {})) set(key, resolveReferences(writing.scope, placed, value))
  if (item.save_to !== undefined) set('entities:saveto', item.save_to.split('#').at(-1)?.trim())
  if (Object.values(attributes).every((value) => value === undefined)) return undefined
  return element('bind', { nodeset, ...attributes })
}

/** The setvalue of a default that is computed; undefined for none and for constants. */
export function defaultAction(
  writing: Writing,
  placed: Placed,
  event: 'odk-instance-first-load' | 'odk-new-repeat',
): XmlElement | undefined {
  const { item } = placed
  if (item.kind !== 'question' || item.bind.default === undefined || !isDynamic(item.bind.default, item.type))
    return undefined
  return element('setvalue', {
    ref: pathOf(writing.scope, placed),
    event,
    value: resolveReferences(writing.scope, placed, item.bind.default),
  })
}

/** Actions of background types that begin when the form opens. */
export function backgroundAction(writing: Writing, placed: Placed): XmlElement | undefined {
  const { item } = placed
  if (item.kind !== 'question') return undefined
  const ref = pathOf(writing.scope, placed)
  if (item.type === 'start-geopoint') return element('odk:setgeopoint', { ref, event: 'odk-instance-first-load' })
  if (item.type !== 'background-audio') return undefined
  return element('odk:recordaudio', { ref, event: 'odk-instance-load', 'odk:quality': item.parameters['quality'] })
}

/** What a change of this question sets off in others. */
export function triggeredActions(writing: Writing, placed: Placed): XmlElement[] {
  const actions: XmlElement[] = []
  for (const target of writing.scope.placed) {
    if (target.item.kind !== 'question' || !target.item.trigger?.includes(placed.item.name)) continue
    const event = 'xforms-value-changed'
    const ref = pathOf(writing.scope, target)
    if (target.item.type === 'background-geopoint') actions.push(element('odk:setgeopoint', { ref, event }))
    else actions.push(element('setvalue', { ref, event, value: logic(writing, target, target.item.bind.calculation) }))
  }
  return actions
}
