// Values for a JSON schema as the OpenAPI document writes it: one that fits, and ones that hardly anybody sends.
import { pick, type Random } from './random.ts'

export interface Schema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  minItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
  default?: unknown
}

export interface Known {
  /** Components of the document, for `$ref`. */
  schemas: Record<string, Schema>
  /** Real values by the ending of a field's name: ids and codes that are there. */
  values: Record<string, readonly unknown[]>
}

const kindOf = (schema: Schema): string =>
  (Array.isArray(schema.type) ? schema.type.find((each) => each !== 'null') : schema.type) ?? 'any'

/** A value that fits the schema, with real ids and codes where the field's name says which. */
export function fitting(schema: Schema, name: string, known: Known, random: Random, depth = 0): unknown {
  if (schema.$ref) {
    const target = known.schemas[schema.$ref.split('/').at(-1) ?? '']
    return target ? fitting(target, name, known, random, depth) : {}
  }
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return pick(random, schema.enum)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return fitting(pick(random, alternatives), name, known, random, depth)
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map((part) => fitting(part, name, known, random, depth)))
  }
  const real = known.values[name]
  if (real && real.length > 0 && kindOf(schema) !== 'array' && kindOf(schema) !== 'object') return pick(random, real)
  switch (kindOf(schema)) {
    case 'object':
      return objectOf(schema, known, random, depth)
    case 'array':
      return Array.from({ length: Math.max(schema.minItems ?? 0, depth > 4 ? 0 : 1) }, () =>
        fitting(schema.items ?? {}, name.replace(/s$/, ''), known, random, depth + 1),
      )
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, Math.min(schema.maximum ?? 3, Math.round(random() * 3)))
    case 'boolean':
      return random() < 0.5
    case 'string':
      return textOf(schema, name, random)
    default:
      return pick(random, ['text', 3, true, null, {}, []])
  }
}

function objectOf(schema: Schema, known: Known, random: Random, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    if (schema.required?.includes(key) || (depth < 3 && random() < 0.5))
      made[key] = fitting(part, key, known, random, depth + 1)
  }
  if (typeof schema.additionalProperties === 'object' && depth < 3) {
    made['a_key'] = fitting(schema.additionalProperties, 'a_key', known, random, depth + 1)
  }
  return made
}

function textOf(schema: Schema, name: string, random: Random): string {
  if (schema.format === 'date' || /(?:_on|_date|^day|^as_on|^from|^to)$/.test(name))
    return pick(random, ['2014-04-30', '2014-05-01', '2014-02-28'])
  if (schema.format === 'date-time') return '2014-05-01T08:00:00.000Z'
  if (schema.format === 'uuid' || name.endsWith('_id')) return '7b1c7d0e-58ec-4b5f-9d0a-3a1c7d4f0b11'
  if (schema.pattern?.startsWith('^\\d{4}-\\d{2}-\\d{2}')) return '2014-05-01'
  return 'x'.repeat(Math.max(schema.minLength ?? 0, 3))
}

const odd_texts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'b\udfff',
  '\u202e\u0301',
  '👩‍👩‍👧',
  '%',
  '_',
  "';--",
  '{}',
  '${x}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'NaN',
  'null',
  '0',
  '-1',
  '1e999',
  '9'.repeat(40),
  '2014-02-30',
  '9999-12-31',
  '0001-01-01',
  '-4713-01-01',
  '999999-01-01',
  '2014-05-01T99:99:99Z',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(300),
  '漢'.repeat(5_000),
  'y'.repeat(60_000),
]
const odd_numbers: readonly number[] = [
  0,
  -0,
  -1,
  0.5,
  1e-320,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e19,
  -1e19,
  1e308,
  32_768,
]
const odd_things: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { a: { b: {} } },
  Array(300).fill(0),
  Array(50).fill('x'),
]

/** Any value that hardly anybody sends. */
export const oddValue = (random: Random): unknown =>
  pick<unknown>(random, [
    pick(random, odd_texts),
    pick(random, odd_texts),
    pick(random, odd_numbers),
    pick(random, odd_things),
  ])

export const oddText = (random: Random): string => pick(random, odd_texts)

/** A copy with one place changed, dropped or added; now and then several. */
export function mutated(value: unknown, random: Random): unknown {
  if (random() < 0.06) return oddValue(random)
  if (Array.isArray(value)) {
    if (value.length === 0 || random() < 0.25) return [...value, oddValue(random)]
    if (random() < 0.15) return [...value, ...value]
    const at = Math.floor(random() * value.length)
    return value.map((each, index) => (index === at ? mutated(each, random) : each))
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    const choice = random()
    if (choice < 0.12 || entries.length === 0) {
      return {
        ...value,
        [pick(random, ['person_id', 'toString', 'a b', '', 'x'.repeat(500), 'is_admin'])]: oddValue(random),
      }
    }
    if (choice < 0.16)
      return JSON.parse(
        `{"__proto__": {"role": "administrator"}, ${JSON.stringify(value).slice(1)}`.replace(/, }$/, '}'),
      ) as unknown
    const [key] = pick(random, entries)
    if (choice < 0.3) return Object.fromEntries(entries.filter(([name]) => name !== key))
    return Object.fromEntries(entries.map(([name, inner]) => [name, name === key ? mutated(inner, random) : inner]))
  }
  return oddValue(random)
}
