// Entities in the XForm: the `entity` node under a `meta`, its binds and its identifier.
// Specification: https://getodk.github.io/xforms-spec/entities (2024.1 at the top, 2025.1 in repeats).
import type { Writing } from './itext.ts'
import type { EntityDeclaration, Form, Item, Placed } from './model.ts'
import { pathOf, referencedNames, resolveReferences } from './references.ts'
import type { XmlElement } from './xml.ts'
import { element } from './xml.ts'

export function entityNamespaces(form: Form): Record<string, string> {
  return form.entities.length > 0 ? { 'xmlns:entities': 'http://www.opendatakit.org/xforms/entities' } : {}
}

/** The list a save_to names: `list#property`, or the only list there is. */
export function listOfSaveTo(save_to: string, declarations: EntityDeclaration[]): string | undefined {
  const at = save_to.indexOf('#')
  return at > 0 ? save_to.slice(0, at).trim() : declarations[0]?.list_name
}

type Path = (Item & { kind: 'group' | 'repeat' })[]

/** The innermost container that holds everything a declaration speaks of: an entity belongs to one entry of a repeat. */
export function containerOf(writing: Writing, declaration: EntityDeclaration): Path {
  const { form, scope } = writing
  const saved = scope.placed.filter(
    ({ item }) => item.save_to !== undefined && listOfSaveTo(item.save_to, form.entities) === declaration.list_name,
  )
  const texts = [declaration.label, declaration.entity_id, declaration.create_if, declaration.update_if]
  const named = texts.flatMap((text) => referencedNames(text ?? '')).map((name) => scope.by_name.get(name)?.[0])
  const repeats = (one: Placed) =>
    one.parents.slice(0, one.parents.findLastIndex((parent) => parent.kind === 'repeat') + 1)
  const places = [...saved, ...named.filter((one) => one !== undefined)]
  const deepest = places.map(repeats).sort((a, b) => b.length - a.length)[0] ?? []
  if (saved.length === 0) return deepest
  let shared = saved[0]?.parents ?? []
  for (const one of saved) shared = shared.filter((parent, at) => one.parents[at] === parent)
  return shared.length > deepest.length ? shared : deepest
}

export type EntityPlan = {
  model_attributes: Record<string, string>
  nodes: (container: Item | undefined) => XmlElement[]
  binds: (container: Item | undefined) => XmlElement[]
}

function entityNode(declaration: EntityDeclaration): XmlElement {
  const updates = declaration.entity_id !== undefined
  const creates = !updates || declaration.create_if !== undefined
  return element(
    'entity',
    {
      dataset: declaration.list_name,
      ...(creates && { create: '1' }),
      ...(updates && { update: '1', baseVersion: '', trunkVersion: '', branchId: '' }),
      id: '',
    },
    declaration.label === undefined ? [] : [element('label')],
  )
}

/** Where each entity stands and what has to be written for it. */
export function entityPlan(writing: Writing): EntityPlan {
  const { form, scope } = writing
  const placed = form.entities.map((declaration) => ({ declaration, path: containerOf(writing, declaration) }))
  const at = (container: Item | undefined) => placed.filter(({ path }) => path.at(-1) === container)
  if (placed.length === 0) return { model_attributes: {}, nodes: () => [], binds: () => [] }
  const nested = placed.some(({ path }) => path.length > 0) || placed.length > 1
  return {
    model_attributes: { 'entities:entities-version': nested ? '2025.1.0' : '2024.1.0' },
    nodes: (container) => at(container).map(({ declaration }) => entityNode(declaration)),
    binds: (container) =>
      at(container).flatMap(({ declaration, path }) => {
        const context = scope.placed.find(({ item }) => item === path.at(-1))
        const base = `${context ? pathOf(scope, context) : `/${form.root_name}`}/meta/entity`
        const meta: Placed | undefined = context && {
          item: context.item,
          path: [...context.path, 'meta', 'entity', 'label'],
          parents: [...context.parents, path.at(-1)].filter((one) => one !== undefined),
        }
        return entityBinds(writing, declaration, base, meta)
      }),
  }
}

function entityBinds(
  writing: Writing,
  declaration: EntityDeclaration,
  base: string,
  context: Placed | undefined,
): XmlElement[] {
  const written = (text: string) => resolveReferences(writing.scope, context, text)
  const found: XmlElement[] = []
  const { entity_id, create_if, update_if, label, list_name } = declaration
  if (create_if !== undefined)
    found.push(
      element('bind', {
        nodeset: `${base}/@create`,
        calculate: written(create_if),
        readonly: 'true()',
        type: 'string',
      }),
    )
  if (update_if !== undefined)
    found.push(
      element('bind', {
        nodeset: `${base}/@update`,
        calculate: written(update_if),
        readonly: 'true()',
        type: 'string',
      }),
    )
  const id = element('bind', {
    nodeset: `${base}/@id`,
    calculate: entity_id === undefined ? undefined : written(entity_id),
    readonly: 'true()',
    type: 'string',
  })
  found.push(id)
  if (entity_id === undefined) {
    found.push(element('setvalue', { ref: `${base}/@id`, event: 'odk-instance-first-load', value: 'uuid()' }))
  } else {
    const stored = (property: string) => `instance('${list_name}')/root/item[name=${written(entity_id)}]/${property}`
    for (const [attribute, property] of [
      ['baseVersion', '__version'],
      ['trunkVersion', '__trunkVersion'],
      ['branchId', '__branchId'],
    ] as const) {
      found.push(
        element('bind', {
          nodeset: `${base}/@${attribute}`,
          calculate: stored(property),
          readonly: 'true()',
          type: 'string',
        }),
      )
    }
  }
  if (label !== undefined)
    found.push(
      element('bind', { nodeset: `${base}/label`, calculate: written(label), readonly: 'true()', type: 'string' }),
    )
  return found
}
