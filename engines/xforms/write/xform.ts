// Form tree -> ODK XForm. Specification: https://getodk.github.io/xforms-spec/
import { backgroundAction, bindOf, defaultAction, logic } from './binds.ts'
import { bodyOf, childrenOf, searchedLists } from './body.ts'
import type { EntityPlan } from './entities.ts'
import { entityNamespaces, entityPlan } from './entities.ts'
import { countNode, externalInstances, inMeta, isExternal, listInstance, primaryNodes } from './instances.ts'
import type { Writing } from './itext.ts'
import { itextOf, messageOf } from './itext.ts'
import type { Form, Placed } from '../model.ts'
import { pathOf, resolveReferences, scopeOf } from '../read/references.ts'
import type { XmlElement } from '../xml.ts'
import { documentOf, element } from '../xml.ts'

const NAMESPACES = {
  xmlns: 'http://www.w3.org/2002/xforms',
  'xmlns:h': 'http://www.w3.org/1999/xhtml',
  'xmlns:ev': 'http://www.w3.org/2001/xml-events',
  'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
  'xmlns:jr': 'http://openrosa.org/javarosa',
  'xmlns:orx': 'http://openrosa.org/xforms',
  'xmlns:odk': 'http://www.opendatakit.org/xforms',
}

function customNamespaces(form: Form): Record<string, string> {
  const found: Record<string, string> = {}
  for (const match of (form.settings['namespaces'] ?? '').matchAll(/([\w.-]+)\s*=\s*"([^"]+)"/g)) {
    found[`xmlns:${match[1]}`] = match[2] ?? ''
  }
  return found
}

const YES = /^(yes|true|true\(\))$/i
const off = (written: string | undefined) => written === undefined || /^(no|false|false\(\))$/i.test(written)

function submissionElement(form: Form): XmlElement | undefined {
  const { submission_url, public_key, auto_send, auto_delete, client_editable } = form.settings
  const editable = YES.test(client_editable ?? '') ? 'true' : undefined
  if ([submission_url, public_key, auto_send, auto_delete, editable].every((one) => one === undefined)) return undefined
  return element('submission', {
    ...(submission_url !== undefined && { action: submission_url, method: 'post' }),
    base64RsaPublicKey: public_key,
    'orx:auto-send': auto_send,
    'orx:auto-delete': auto_delete,
    'odk:client-editable': editable,
  })
}

function modelOf(writing: Writing, plan: EntityPlan): XmlElement {
  const { form, scope } = writing
  const { settings } = form
  const root = `/${form.root_name}`
  const instance_name = settings['instance_name']
  const with_id = off(settings['omit_instanceid'])
  const meta = element('meta', {}, [
    ...form.items.filter(inMeta).map((item) => element(item.name)),
    ...plan.nodes(undefined),
    ...(with_id ? [element('instanceID')] : []),
    ...(instance_name === undefined ? [] : [element('instanceName')]),
  ])
  const attributes = Object.fromEntries(
    Object.entries(settings)
      .filter(([key]) => key.startsWith('attribute::'))
      .map(([key, value]) => [key.slice(11), value]),
  )
  const nested = (item: Form['items'][number]) => {
    const nodes = plan.nodes(item)
    return nodes.length > 0 ? element('meta', {}, nodes) : undefined
  }
  const primary = element(
    form.root_name,
    {
      ...attributes,
      id: form.form_id,
      version: form.version,
      xmlns: settings['instance_xmlns'],
      'odk:prefix': settings['prefix'],
      'odk:delimiter': settings['delimiter'],
    },
    [...primaryNodes(form.items, nested), ...(meta.children.length > 0 ? [meta] : [])],
  )
  const searched = searchedLists(writing)
  const external = externalInstances(form)
  const lists = Object.values(form.lists).filter((list) => !searched.has(list.name))
  const list_instances = lists.map((list) => listInstance(writing, list))
  const rest: XmlElement[] = []
  const walk = (parent: Placed | undefined) => {
    for (const placed of childrenOf(writing, parent)) {
      if (isExternal(placed.item)) continue
      rest.push(...bindsOf(writing, placed))
      if (placed.item.kind === 'question') continue
      walk(placed)
      rest.push(...plan.binds(placed.item))
    }
  }
  walk(undefined)
  rest.push(...plan.binds(undefined))
  if (with_id) {
    rest.push(
      element('bind', { nodeset: `${root}/meta/instanceID`, type: 'string', readonly: 'true()', 'jr:preload': 'uid' }),
    )
  }
  if (instance_name !== undefined) {
    rest.push(
      element('bind', {
        nodeset: `${root}/meta/instanceName`,
        type: 'string',
        calculate: resolveReferences(scope, undefined, instance_name),
      }),
    )
  }
  return element(
    'model',
    {
      'odk:xforms-version': '1.0.0',
      ...plan.model_attributes,
    },
    [
      submissionElement(form),
      itextOf(writing),
      element('instance', {}, [primary]),
      ...external.map(({ id, src }) => element('instance', { id, src })),
      ...list_instances,
      ...rest,
    ].filter((one) => one !== undefined),
  )
}

function bindsOf(writing: Writing, placed: Placed): XmlElement[] {
  const { item } = placed
  const found: (XmlElement | undefined)[] = []
  const meta_path = inMeta(item) ? `/${writing.form.root_name}/meta/${item.name}` : undefined
  const count = countNode(item)
  if (count !== undefined && item.kind === 'repeat') {
    const parent = pathOf(writing.scope, placed).slice(0, -item.name.length)
    found.push(
      element('bind', {
        nodeset: `${parent}${count}`,
        type: 'string',
        readonly: 'true()',
        calculate: logic(writing, placed, item.repeat_count),
      }),
    )
  }
  found.push(bindOf(writing, placed, meta_path))
  found.push(backgroundAction(writing, placed))
  found.push(defaultAction(writing, placed, 'odk-instance-first-load'))
  return found.filter((one) => one !== undefined)
}

/**
 * Writes the ODK XForm of a form. Deterministic: one form gives the same bytes on every machine.
 * Takes only forms that `buildForm` returned without problems.
 */
export function toXForm(form: Form): string {
  const writing: Writing = { form, scope: scopeOf(form), itext: { translations: new Map(), ids: new Map() } }
  // Choices and messages come first in itext, as every text must be known before the model is written.
  for (const list of Object.values(form.lists)) listInstance(writing, list)
  for (const placed of writing.scope.placed) {
    messageOf(writing, placed, placed.item.bind.constraint_message, 'jr:constraintMsg')
  }
  const plan = entityPlan(writing)
  const body = bodyOf(writing, childrenOf(writing, undefined), plan.actions)
  const model = modelOf(writing, plan)
  const style = form.settings['style']
  return documentOf(
    element('h:html', { ...NAMESPACES, ...entityNamespaces(form), ...customNamespaces(form) }, [
      element('h:head', {}, [element('h:title', {}, [form.title]), model]),
      element('h:body', style === undefined ? {} : { class: style }, body),
    ]),
  )
}
