// F5: whoever acts on many names at least one, and nothing that somebody must attest is filled in for him. Read from the
// API's own document, so that a new route is held to it too.
import { afterAll, expect, test } from 'vitest'
import { openWorld } from '#test/world.ts'

const world = await openWorld()
afterAll(async () => {
  await world.rollback()
  await world.close()
})

type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  minItems?: number
  default?: unknown
}
type Document = {
  paths: Record<string, Record<string, { requestBody?: { content?: Record<string, { schema?: Schema }> } }>>
  components: { schemas: Record<string, Schema> }
}
const document = (await (await world.request('/api/openapi.json')).json()) as Document

/** Lists that may be empty, each with the reason. */
const MAY_BE_EMPTY: Record<string, string> = {
  '/api/accounts/{account_id}/roles .give': 'one of the two is named',
  '/api/accounts/{account_id}/roles .take': 'one of the two is named',
  '/api/survey/quarantine/{quarantine_id}/resolve .cells': 'names no household: how an item is mended',
  '/api/survey/imports/mappings .mapping.lists': 'names no household: how a file is read',
  '/api/survey/imports/mappings .mapping.without_lists': 'names no household: how a file is read',
  '/api/what-if .changes.rules': 'a question; nothing is written',
  '/api/what-if/household .changes.rules': 'a question; nothing is written',
}
/** Yes or no that is asked of nobody's word. */
const NO_ATTESTATION: Record<string, string> = {
  '/api/evaluate/evaluations/{evaluation_id}/estimate .without_the_rest':
    'how the rates are computed; false asks for all',
}

type Found = { at: string; schema: Schema; required: boolean }

function within(given: Schema, at: string, required: boolean, found: Found[]): void {
  const schema = given.$ref ? (document.components.schemas[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given
  found.push({ at, schema, required })
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    within(inner, `${at}.${name}`, (schema.required ?? []).includes(name), found)
  if (schema.items) within(schema.items, `${at}[]`, true, found)
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    within(inner, at, required, found)
}

const bodies = Object.entries(document.paths).flatMap(([path, methods]) =>
  ['post', 'put'].flatMap((method) => {
    const schema = methods[method]?.requestBody?.content?.['application/json']?.schema
    const found: Found[] = []
    if (schema) within(schema, '', true, found)
    return found.map((each) => ({ ...each, at: `${path} ${each.at}` }))
  }),
)
const isOf = ({ schema }: Found, type: string) =>
  schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))

test('a list of those acted on has at least one', () => {
  const lists = bodies.filter((each) => isOf(each, 'array'))
  expect(lists.length).toBeGreaterThan(15)
  const empty = lists.filter((each) => (each.schema.minItems ?? 0) < 1).map((each) => each.at)
  expect(empty.filter((each) => !(each in MAY_BE_EMPTY))).toEqual([])
  expect(Object.keys(MAY_BE_EMPTY).filter((each) => !empty.includes(each))).toEqual([])
})

test('nobody is made to have signed, agreed or seen by saying nothing', () => {
  const attested = bodies.filter((each) => isOf(each, 'boolean') && !(each.at in NO_ATTESTATION))
  expect(attested.map((each) => each.at)).toContain('/api/deliver/deliveries .deliveries[].head_signed')
  expect(attested.filter((each) => !each.required || each.schema.default !== undefined).map((each) => each.at)).toEqual(
    [],
  )
})

test('an empty list is refused by every route that acts on many, and nothing is put on record', async () => {
  const headers = {
    'content-type': 'application/json',
    'x-doorstep': '1',
    authorization: `Bearer ${await world.token('zhong.wei')}`,
  }
  const before = await events()
  const lists = bodies.filter((each) => isOf(each, 'array') && (each.schema.minItems ?? 0) >= 1)
  for (const { at } of lists) {
    const [path = '', place = ''] = at.split(' ')
    const name = /^\.(\w+)$/.exec(place)?.[1]
    if (name === undefined || path.includes('{')) continue
    const body = JSON.stringify({ area_code: world.county_code, [name]: [] })
    const { status } = await world.request(path, { method: 'POST', headers, body })
    expect([400, 403, 422], at).toContain(status)
  }
  expect(await events()).toBe(before)
})

async function events(): Promise<number> {
  const { n } = await world.registry.app
    .selectFrom('audit_event')
    .select((of) => of.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}
