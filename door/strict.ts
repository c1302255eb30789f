import { z } from 'zod'

/**
 * The same schema, in which no object takes keys it does not name, however deep it stands: what a sender wrote and we do
 * not know is refused by name, never dropped. Objects that say themselves what else they take (`z.looseObject`,
 * `.catchall`) stay as they are.
 */
export function strictly<T extends z.ZodType>(schema: T): T {
  const { def } = schema
  const change = (changes: object): T => schema.clone({ ...def, ...changes }) as T
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.shape).map(([key, part]) => [key, strictly(part as z.ZodType)]),
    )
    return change({ shape, catchall: schema.def.catchall ?? z.never() })
  }
  if (schema instanceof z.ZodArray) return change({ element: strictly(schema.def.element as z.ZodType) })
  if (schema instanceof z.ZodRecord) return change({ valueType: strictly(schema.def.valueType as z.ZodType) })
  if (schema instanceof z.ZodUnion) {
    return change({ options: schema.def.options.map((option) => strictly(option as z.ZodType)) })
  }
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return change({ innerType: strictly(schema.def.innerType as z.ZodType) })
  }
  if (schema instanceof z.ZodPipe) return change({ in: strictly(schema.def.in as z.ZodType) })
  return schema
}
