// A value that fits a JSON schema of the API's document.
export interface Schema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  exclusiveMinimum?: number
  minLength?: number
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  $ref?: string
  additionalProperties?: unknown
}

/** A value that fits a schema, with the given values at their paths (`json.budgets[].area_code`). */
export function exampleOf(
  schemas: Readonly<Record<string, Schema>>,
  schema: Schema,
  given: ReadonlyMap<string, string>,
  at = '',
): unknown {
  const example = (below: Schema, values: ReadonlyMap<string, string>, path: string) =>
    exampleOf(schemas, below, values, path)
  const set = given.get(at)
  const real = schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema
  if (set !== undefined && real.type !== 'object' && real.type !== 'array') return set
  if (real.const !== undefined) return real.const
  if (real.enum) return real.enum[0]
  const choice = real.anyOf ?? real.oneOf
  if (choice?.[0]) return example(choice[0], given, at)
  const type = Array.isArray(real.type) ? real.type[0] : real.type
  if (type === 'object' || real.properties) {
    const named = Object.entries(real.properties ?? {}).filter(
      ([name]) =>
        real.required?.includes(name) ||
        [...given.keys()].some((key) => key.startsWith(`${at}${at ? '.' : ''}${name}`)),
    )
    return Object.fromEntries(
      named.map(([name, below]) => [name, example(below, given, `${at}${at ? '.' : ''}${name}`)]),
    )
  }
  if (type === 'array') return [example(real.items ?? {}, given, `${at}[]`)]
  if (type === 'integer' || type === 'number') return real.minimum ?? (real.exclusiveMinimum === 0 ? 0.3 : 1)
  if (type === 'boolean') return false
  if (real.format === 'date') return '2015-12-19'
  if (real.format === 'date-time') return '2015-12-19T08:00:00.000Z'
  if (real.pattern?.includes('0-9a-f')) return 'a'.repeat(64)
  return 'example'.padEnd(real.minLength ?? 0, 'x')
}
