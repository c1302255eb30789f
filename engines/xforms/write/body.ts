// The body: what is shown, in the order of the form.
import { defaultAction, triggeredActions } from './binds.ts'
import type { Writing } from './itext.ts'
import { hintOf, isLive, isTranslated, labelOf, outputs, putText } from './itext.ts'
import { listNeedsItext, countNode } from './instances.ts'
import type { ChoiceList, Item, Placed, Question } from '../model.ts'
import { OWN_CAMERA } from '../read/parameters.ts'
import { pathFrom, pathOf, resolveReferences } from '../read/references.ts'
import { QUESTION_TYPES } from '../read/types.ts'
import type { XmlElement } from '../xml.ts'
import { element } from '../xml.ts'

const YES = /^(yes|true|true\(\))$/i
const usesSearch = (question: Question) => /\bsearch\(/.test(question.appearance ?? '')

/** Names of lists used through search() alone: their choices are written inline and make no instance. */
export function searchedLists(writing: Writing): Set<string> {
  const names = new Set<string>()
  for (const { item } of writing.scope.placed) {
    if (item.kind === 'question' && item.choices !== undefined && usesSearch(item)) names.add(item.choices)
  }
  return names
}

function inlineItems(writing: Writing, list: ChoiceList): XmlElement[] {
  const translated = list.choices.some((choice) => isTranslated(choice.labels) || Object.keys(choice.media).length > 0)
  return list.choices.map((choice, at) => {
    const id = `${list.name}-${at}`
    const live = Object.values(choice.labels).some(isLive)
    if (translated || live) putText(writing, undefined, id, choice.labels, choice.media)
    const label =
      translated || live
        ? element('label', { ref: `jr:itext('${id}')` })
        : element('label', {}, outputs(writing, undefined, choice.labels['default'] ?? ''))
    return element('item', {}, [label, element('value', {}, [choice.name])])
  })
}

function itemset(writing: Writing, placed: Placed, question: Question): XmlElement[] {
  const { parameters } = question
  const name = question.choices ?? question.parameters['tick_labelset'] ?? ''
  const list = writing.form.lists[name]
  if (usesSearch(question)) return list ? inlineItems(writing, list) : []
  const filter =
    question.choice_filter === undefined ? '' : resolveReferences(writing.scope, placed, question.choice_filter, true)
  let nodeset: string
  let value = parameters['value'] ?? 'name'
  let label = parameters['label'] ?? 'label'
  const of_repeat = /^\$\{\s*([^}]+?)\s*\}$/.exec(name)
  const source = of_repeat ? writing.scope.by_name.get(of_repeat[1] ?? '')?.[0] : undefined
  if (source) {
    // The choices are the entries of a repeat: of a question in it, or (reference-geometry) of the repeat itself.
    const at =
      source.item.kind === 'repeat'
        ? source.path.length - 1
        : source.parents.findLastIndex((parent) => parent.kind === 'repeat')
    const repeat = source.item.kind === 'repeat' ? source.item : source.parents[at]
    const of = { item: repeat ?? source.item, path: source.path.slice(0, at + 1), parents: source.parents.slice(0, at) }
    const rest = source.item.kind === 'repeat' ? 'geometry' : source.path.slice(at + 1).join('/')
    const base = pathFrom(writing.scope, placed, of, true)
    const entry = question.choice_filter?.replace(/\$\{\s*([^}]+?)\s*\}/g, (whole, named: string) => {
      const target = writing.scope.by_name.get(named)?.[0]
      return target?.parents[at] === repeat ? ` ./${target?.path.slice(at + 1).join('/')} ` : whole
    })
    nodeset = `${base}[${entry === undefined ? `./${rest} != ''` : resolveReferences(writing.scope, placed, entry, true)}]`
    value = rest
    label = rest
  } else {
    nodeset = `instance('${name}')/root/item${filter === '' ? '' : `[${filter}]`}`
    if (question.file?.endsWith('.geojson')) {
      value = parameters['value'] ?? 'id'
      label = parameters['label'] ?? 'title'
    }
    if (question.file === undefined && list && listNeedsItext(list)) label = 'jr:itext(itextId)'
  }
  if (YES.test(parameters['randomize'] ?? '')) {
    const seed = parameters['seed']
    const from = seed === undefined ? '' : `, ${resolveReferences(writing.scope, placed, seed).trim()}`
    nodeset = `randomize(${nodeset}${from})`
  }
  return [element('itemset', { nodeset }, [element('value', { ref: value }), element('label', { ref: label })])]
}

function controlAttributes(writing: Writing, placed: Placed, question: Question): Record<string, string | undefined> {
  const { parameters } = question
  const attributes: Record<string, string | undefined> = { ref: pathOf(writing.scope, placed) }
  const type = QUESTION_TYPES[question.type]
  attributes['mediatype'] = type?.mediatype
  if (question.appearance !== undefined)
    attributes['appearance'] = resolveReferences(writing.scope, placed, question.appearance)
  for (const [key, value] of Object.entries(question.control ?? {}))
    attributes[key] = resolveReferences(writing.scope, placed, value)
  if (question.type === 'text' && parameters['rows'] !== undefined) attributes['rows'] = parameters['rows']
  if (question.type === 'image' && !OWN_CAMERA.test(question.appearance ?? ''))
    attributes['intent'] = parameters['app'] ?? attributes['intent']
  if (question.type === 'geopoint') {
    attributes['accuracyThreshold'] = parameters['capture-accuracy'] ?? attributes['accuracyThreshold']
    attributes['unacceptableAccuracyThreshold'] =
      parameters['warning-accuracy'] ?? attributes['unacceptableAccuracyThreshold']
  }
  if (/^geo(trace|shape)$/.test(question.type) && YES.test(parameters['incremental'] ?? ''))
    attributes['incremental'] = 'true'
  if (question.type === 'range') {
    attributes['start'] = parameters['start'] ?? '1'
    attributes['end'] = parameters['end'] ?? '10'
    attributes['step'] = parameters['step'] ?? '1'
    attributes['odk:tick-interval'] = parameters['tick_interval']
    attributes['odk:placeholder'] = parameters['placeholder']
  }
  return attributes
}

function control(writing: Writing, placed: Placed, question: Question): XmlElement[] {
  const name = QUESTION_TYPES[question.type]?.control
  const label = labelOf(writing, placed)
  const hint = hintOf(writing, placed)
  if (name === undefined || (!label && !hint && question.bind.calculation !== undefined)) return []
  if (!label && !hint && question.trigger !== undefined) return []
  const attributes = controlAttributes(writing, placed, question)
  // A label is demanded by the schema: a hint alone, or nothing, gets an empty one.
  const texts = [label ?? element('label'), hint].filter((one) => one !== undefined)
  const actions = triggeredActions(writing, placed)
  if (question.type === 'select_one_external') {
    const filter = resolveReferences(writing.scope, placed, question.choice_filter ?? '', true)
    attributes['query'] = `instance('${question.choices}')/root/item[${filter}]`
    return [element('input', attributes, [...texts, ...actions])]
  }
  const geometry = question.parameters['reference-geometry']
  if (geometry !== undefined) {
    const set = itemset(writing, placed, { ...question, choices: geometry, parameters: {} })
    return [element(name, attributes, [...texts, ...set, ...actions])]
  }
  const chosen =
    question.choices !== undefined || (question.type === 'range' && question.parameters['tick_labelset'] !== undefined)
  const choices = chosen && question.type !== 'osm' ? itemset(writing, placed, question) : []
  return [element(name, attributes, [...texts, ...choices, ...actions])]
}

/** Body elements of the items with the given parents. */
export function bodyOf(writing: Writing, items: Placed[], onEntry: (repeat: Item) => XmlElement[]): XmlElement[] {
  return items.flatMap((placed) => {
    const { item } = placed
    if (item.kind === 'question') return control(writing, placed, item)
    const ref = pathOf(writing.scope, placed)
    const inner = childrenOf(writing, placed)
    const label = labelOf(writing, placed)
    const hint = hintOf(writing, placed)
    const attributes = Object.fromEntries(
      Object.entries(item.control ?? {}).map(([key, value]) => [key, resolveReferences(writing.scope, placed, value)]),
    )
    const appearance =
      item.appearance === undefined ? undefined : resolveReferences(writing.scope, placed, item.appearance)
    if (item.kind === 'group') {
      return [
        element(
          'group',
          { ref, appearance, ...attributes },
          [label, hint, ...bodyOf(writing, inner, onEntry)].filter((one) => one !== undefined),
        ),
      ]
    }
    const own_count = countNode(item)
    const own_path = {
      ...placed,
      item: { ...item, name: own_count ?? '' },
      path: [...placed.path.slice(0, -1), own_count ?? ''],
    }
    const count =
      own_count !== undefined
        ? ` ${pathFrom(writing.scope, placed, own_path, false)} `
        : item.repeat_count === undefined
          ? undefined
          : resolveReferences(writing.scope, placed, item.repeat_count)
    const actions = writing.scope.placed
      .filter((one) => one.parents.findLast((parent) => parent.kind === 'repeat') === item)
      .map((one) => defaultAction(writing, one, 'odk-new-repeat'))
      .filter((one) => one !== undefined)
    const repeat = element('repeat', { nodeset: ref, 'jr:count': count, appearance, ...attributes }, [
      ...bodyOf(writing, inner, onEntry),
      ...actions,
      ...onEntry(item),
    ])
    return [element('group', { ref }, [label ?? element('label'), ...(hint ? [hint] : []), repeat])]
  })
}

/** The items directly inside a group or repeat, or at the top. */
export function childrenOf(writing: Writing, parent: Placed | undefined): Placed[] {
  return writing.scope.placed.filter((one) => one.parents.at(-1) === parent?.item)
}
