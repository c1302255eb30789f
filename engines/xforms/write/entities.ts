// Entities in the XForm: the `entity` node under a `meta`, its binds and its identifier.
// Specification: https://getodk.github.io/xforms-spec/entities (2024.1 at the top, 2025.1 in repeats).
import type { Writing } from './itext.ts'
import { allocateEntities } from './entity-plan.ts'
import type { EntityDeclaration, Form, Item, Placed } from '../model.ts'
import { pathOf, resolveReferences } from '../read/references.ts'
import type { XmlElement } from '../xml.ts'
import { element } from '../xml.ts'

export function entityNamespaces(form: Form): Record<string, string> {
  return form.entities.length > 0 ? { 'xmlns:entities': 'http://www.opendatakit.org/xforms/entities' } : {}
}

export type EntityPlan = {
  model_attributes: Record<string, string>
  nodes: (container: Item | undefined) => XmlElement[]
  binds: (container: Item | undefined) => XmlElement[]
  /** What has to happen when a new entry of this repeat is made. */
  actions: (repeat: Item) => XmlElement[]
}

/** Without entity_id every submission makes a new one; with it, only where create_if says so. */
const creates = (declaration: EntityDeclaration) =>
  declaration.entity_id === undefined || declaration.create_if !== undefined

function entityNode(declaration: EntityDeclaration): XmlElement {
  const updates = declaration.entity_id !== undefined
  return element(
    'entity',
    {
      dataset: declaration.list_name,
      ...(creates(declaration) && { create: '1' }),
      ...(updates && { update: '1', baseVersion: '', trunkVersion: '', branchId: '' }),
      id: '',
    },
    declaration.label === undefined ? [] : [element('label')],
  )
}

/** Where each entity stands and what has to be written for it. */
export function entityPlan(writing: Writing): EntityPlan {
  const { form, scope } = writing
  const placed = allocateEntities(form, scope).allocations
  const at = (container: Item | undefined) => placed.filter(({ path }) => path.at(-1) === container)
  if (placed.length === 0) return { model_attributes: {}, nodes: () => [], binds: () => [], actions: () => [] }
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
    actions: (repeat) =>
      placed
        .filter(
          ({ path, declaration }) =>
            path.findLast((item) => item.kind === 'repeat') === repeat && declaration.entity_id === undefined,
        )
        .sort((a, b) => b.path.length - a.path.length)
        .map(({ path }) => {
          const base = `/${[form.root_name, ...path.map((item) => item.name)].join('/')}/meta/entity`
          return element('setvalue', { ref: `${base}/@id`, event: 'odk-new-repeat', value: 'uuid()' })
        }),
  }
}

function entityBinds(
  writing: Writing,
  declaration: EntityDeclaration,
  base: string,
  context: Placed | undefined,
): XmlElement[] {
  const { entity_id, create_if, update_if, label, list_name } = declaration
  const bind = (part: string, expression: string | undefined) => {
    const calculate = expression === undefined ? undefined : resolveReferences(writing.scope, context, expression)
    return element('bind', { nodeset: `${base}/${part}`, calculate, readonly: 'true()', type: 'string' })
  }
  const stored = (property: string) => `instance('${list_name}')/root/item[name=${entity_id}]/${property}`
  const found: XmlElement[] = []
  if (create_if !== undefined) found.push(bind('@create', create_if))
  if (update_if !== undefined) found.push(bind('@update', update_if))
  if (entity_id !== undefined) {
    found.push(bind('@baseVersion', stored('__version')))
    found.push(bind('@trunkVersion', stored('__trunkVersion')))
    found.push(bind('@branchId', stored('__branchId')))
  }
  found.push(bind('@id', entity_id))
  if (entity_id === undefined) {
    found.push(element('setvalue', { ref: `${base}/@id`, event: 'odk-instance-first-load', value: 'uuid()' }))
  }
  if (label !== undefined) found.push(bind('label', label))
  return found
}
