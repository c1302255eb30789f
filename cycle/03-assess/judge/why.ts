// The reasons of one rule as they go out of the door: a personal number may decide a rule, and is never shown by it.
import { z } from '@hono/zod-openapi'
import { explain, type Explanation } from '#engines/rules/explain.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { CompiledRule } from '#engines/rules/tree.ts'
import type { Said } from '#packs/explain/explain.ts'
import type { Standpoint } from '#packs/rulebook.ts'

const value = z.union([z.boolean(), z.number(), z.string(), z.array(z.string()), z.null()])

const clause = z.object({
  source: z.string(),
  start: z.number(),
  end: z.number(),
  kind: z.string(),
  state: z.enum(['true', 'false', 'unknown', 'value']),
  value,
  item: z.object({ list: z.string(), index: z.number() }).optional(),
  values: z.array(z.object({ field: z.string(), value })),
  items: z.array(z.object({ list: z.string(), deciding: z.array(z.number()) })),
  parameters: z.array(z.object({ name: z.string(), value })),
  missing: z.array(z.string()),
  immaterial: z.array(z.string()).describe('Missing, and no longer able to change anything'),
  spans: z
    .array(z.object({ source: z.string(), least: z.number().nullable(), most: z.number().nullable() }))
    .describe('Where a side of a comparison lies that is not known yet'),
})

export type Shown = z.infer<typeof clause> & { clauses: Shown[] }

/** One clause; those within it nest in `clauses`. */
export const explanationSchema: z.ZodType<Shown> = clause
  .extend({ clauses: z.array(z.lazy((): z.ZodType<Shown> => explanationSchema)) })
  .openapi('Explanation')

const text = z.record(z.string(), z.string())
const asked = z.array(z.object({ field: z.string(), label: text, who: text.nullable() }))
const said = z.object({
  kind: z.string(),
  state: z.enum(['true', 'false', 'unknown', 'value']),
  source: z.string(),
  text,
  bare: text.describe('Without the person it is about'),
  who: z.object({ list: z.string(), index: z.number(), text }).nullable(),
  decides: z.boolean().describe('It decided the clause above it, and so on up to the rule'),
  parameters: z.array(z.object({ code: z.string(), label: text, value: text, from: z.string(), source: text })),
  ask: asked,
  immaterial: asked.describe('Missing, and no longer able to change anything'),
  spans: z
    .array(z.object({ least: text.nullable(), most: text.nullable() }))
    .describe('Where a side of the comparison lies that is not known yet'),
})

/** One clause in sentences of every language of the pack (packs/explain/explain.ts). */
export const saidSchema: z.ZodType<Said> = said
  .extend({
    clauses: z.array(z.lazy((): z.ZodType<Said> => saidSchema)),
    worked_out: z.array(z.lazy((): z.ZodType<Said> => saidSchema)),
  })
  .openapi('Said') as z.ZodType<Said>

/** `members[2].national_id` -> `national_id` */
const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** A rule explained for one record; answers in `personal_fields` are told as there ('***') or missing (null). */
export function explainShown(
  rule: CompiledRule,
  record: RuleRecord,
  at: Standpoint,
  personal_fields: readonly string[],
): Shown {
  const show = (part: Explanation): Shown => ({
    ...part,
    value: plain(part.value),
    values: part.values.map(({ field, value: answer }) => ({
      field,
      value: answer !== null && personal_fields.includes(lastName(field)) ? '***' : plain(answer),
    })),
    parameters: part.parameters.map(({ name, value: number }) => ({ name, value: plain(number) })),
    clauses: part.clauses.map(show),
  })
  return show(explain(rule, record, at.params, at.date))
}

const plain = (from: Explanation['value']): z.infer<typeof value> =>
  Array.isArray(from) ? [...(from as string[])] : (from as z.infer<typeof value>)
