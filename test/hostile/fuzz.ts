// Odd requests to every route of the OpenAPI document, made from a seed: none may be answered with 5xx.
import { fitting, mutated, oddText, type Known, type Schema } from './schema.ts'
import { pick, seeded, type Random } from './random.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema?: Schema
}

interface Operation {
  parameters?: Parameter[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

export interface Route {
  method: string
  path: string
  operation: Operation
}

export interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | undefined
  /** What is odd about it. */
  kind: string
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Every route of the document. */
export const routesOf = (document: Document): Route[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      return operation ? [{ method: method.toUpperCase(), path, operation }] : []
    }),
  )

const odd_headers: readonly Record<string, string>[] = [
  { 'accept-language': 'zh;q=9,*,,;;' },
  { 'accept-language': 'x'.repeat(4000) },
  { 'x-request-id': '<script>é</script>' },
  { 'x-request-id': 'i'.repeat(5000) },
  { prefer: 'wait, wait=99999999, respond-async' },
  { 'accept-encoding': 'br;q=nonsense, *;q=-1' },
  { accept: 'text/html;level=99' },
  { range: 'bytes=9-1' },
  { 'if-none-match': '*' },
  { cookie: 'doorstep_session=%00; =; a' },
  { 'x-doorstep': '' },
]

const odd_types = [
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'json',
  'application/vnd.x+json',
  ';;;',
]

const broken_bodies: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '0',
  '{"a":',
  '{"a":1,}',
  'NaN',
  "{'a':1}",
  '\u0000',
  '{"a":"\\ud800"}',
  '['.repeat(5000),
  `{"a":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
  new Uint8Array([0xff, 0xfe, 0x7b]),
  new Uint8Array([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
]

/** A request to the route with one thing or several odd about it; now and then none, as a base to compare. */
export function requestTo(route: Route, known: Known, random: Random): Sent {
  const headers: Record<string, string> = { 'x-doorstep': '1' }
  const parameters = route.operation.parameters ?? []
  const odd_place = pick(random, [
    'none',
    'body',
    'body',
    'body',
    'broken',
    'type',
    'path',
    'query',
    'query',
    'header',
    'unknown',
  ])
  let path = route.path
  const query = new URLSearchParams()
  for (const each of parameters) {
    const plain = fitting(each.schema ?? {}, each.name, known, random)
    const odd = random() < 0.7 ? oddText(random) : String(pick(random, [-1, 0, 1e21, 2 ** 40, 'true', '2014-13-45']))
    if (each.in === 'path') {
      const value = odd_place === 'path' && random() < 0.8 ? odd : String(plain)
      path = path.replace(`{${each.name}}`, () => encode(value))
    }
    if (each.in === 'query' && (each.required || random() < 0.6)) {
      query.append(each.name, odd_place === 'query' && random() < 0.7 ? odd.toWellFormed() : String(plain))
      if (odd_place === 'query' && random() < 0.1) query.append(each.name, odd.toWellFormed())
    }
  }
  if (odd_place === 'unknown') query.append('nothing_of_this_name', oddText(random).toWellFormed())
  if (odd_place === 'header') Object.assign(headers, pick(random, odd_headers))
  const text = query.toString()
  const sent = {
    method: route.method,
    path: `${path}${text ? `?${text}` : ''}`,
    headers,
    kind: odd_place,
    body: bodyOf(route, known, random, odd_place, headers),
  }
  return route.method === 'GET' ? { ...sent, body: undefined } : sent
}

const encode = (value: string): string => {
  const text = encodeURIComponent(value.toWellFormed())
  // A path part of nothing or dots would be another path.
  return text === '' || /^\.+$/.test(text) ? '%20' : text
}

function bodyOf(
  route: Route,
  known: Known,
  random: Random,
  odd: string,
  headers: Record<string, string>,
): Sent['body'] {
  const content = route.operation.requestBody?.content ?? {}
  const schema = content['application/json']?.schema
  if (!schema) {
    if (!content['multipart/form-data'])
      return odd === 'broken' ? withType(headers, 'application/json', pick(random, broken_bodies)) : undefined
    return withType(
      headers,
      'multipart/form-data; boundary=b',
      multipart(content['multipart/form-data'].schema ?? {}, known, random, odd),
    )
  }
  const plain = fitting(schema, 'body', known, random)
  if (odd === 'broken') return withType(headers, 'application/json', pick(random, broken_bodies))
  let value = plain
  if (odd === 'body') for (let times = random() < 0.3 ? 3 : 1; times > 0; times -= 1) value = mutated(value, random)
  return withType(
    headers,
    odd === 'type' ? pick(random, odd_types) : 'application/json',
    JSON.stringify(value) ?? 'null',
  )
}

function multipart(schema: Schema, known: Known, random: Random, odd: string): string {
  if (odd === 'broken')
    return pick(random, [
      '',
      '--b',
      '--b--',
      '--b\r\n\r\n',
      `--b\r\ncontent-disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\nPK\u0003\u0004broken`,
    ])
  const parts = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const is_file = part.format === 'binary' || part.items?.format === 'binary'
    const value = is_file
      ? pick(random, ['a,b\n1,2\n', 'PK\u0003\u0004', '', '\u0000\u0001', 'x'.repeat(10_000)])
      : odd === 'body'
        ? oddText(random)
        : String(fitting(part, name, known, random))
    return `--b\r\ncontent-disposition: form-data; name="${name}"${is_file ? '; filename="a.csv"' : ''}\r\n\r\n${value}\r\n`
  })
  return `${parts.join('')}--b--\r\n`
}

const withType = <T>(headers: Record<string, string>, type: string, body: T): T => {
  headers['content-type'] = type
  return body
}

export interface Fuzzed {
  requests: number
  /** Answers by status class: `2xx`, `4xx`, ... */
  answers: Record<string, number>
  /** Routes that gave each class. */
  routes: number
  /** Every answer of 500 or above, the first of each route and code. */
  failures: { request: Sent; status: number; text: string }[]
  failed: number
}

/** Sends `count` odd requests, in turn to every route, and gathers what came. `send` gives status and text. */
export async function fuzz(
  document: Document,
  values: Known['values'],
  options: { seed: number; count: number; only?: RegExp },
  send: (request: Sent, random: Random) => Promise<{ status: number; text: string }>,
): Promise<Fuzzed> {
  const random = seeded(options.seed)
  const known: Known = { schemas: document.components?.schemas ?? {}, values }
  const routes = routesOf(document).filter(
    (route) => !options.only || options.only.test(`${route.method} ${route.path}`),
  )
  const found: Fuzzed = { requests: 0, answers: {}, routes: routes.length, failures: [], failed: 0 }
  const told = new Set<string>()
  for (let at = 0; at < options.count; at += 1) {
    const route = routes[at % routes.length] as Route
    const request = requestTo(route, known, random)
    const { status, text } = await send(request, random)
    found.requests += 1
    const kind = `${Math.floor(status / 100)}xx`
    found.answers[kind] = (found.answers[kind] ?? 0) + 1
    if (status < 500) continue
    found.failed += 1
    const mark = `${route.method} ${route.path} ${/"code":"(\w+)"/.exec(text)?.[1] ?? status}`
    if (told.has(mark)) continue
    told.add(mark)
    found.failures.push({ request, status, text })
  }
  return found
}
