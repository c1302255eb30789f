// What the room's answers look like; used by several routes.
import { z } from '@hono/zod-openapi'
import type { Pack, Text } from '#packs/schema.ts'
import type { JsonValue } from '#registry/tables.ts'

export const text = z.record(z.string(), z.string())
export const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })

export const sourceSchema = z.object({
  title: text,
  date: z.string(),
  url: z.string().optional(),
  confidence: z.string(),
})

export const indicatorSchema = z.object({
  code: z.string(),
  group: z.string(),
  label: text,
  plain: text,
  state: z.enum(['met', 'unmet', 'unknown']),
  applies: z.boolean().nullable(),
  reason: text,
  missing: z.array(z.string()),
  parameters: z.array(z.object({ name: z.string(), value: z.unknown(), from: z.string(), source: z.string() })),
  source: sourceSchema.nullable(),
})

export const vetoSchema = z.object({
  code: z.string(),
  label: text,
  plain: text,
  reason: text,
  evidence: z.object({
    said: z.array(z.object({ field: z.string(), value: z.unknown() })),
    registers: z.array(
      z.object({
        register: z.string(),
        name: z.string().nullable(),
        value: z.number().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  }),
  source: sourceSchema.nullable(),
})

const told = (found: { label: Text; plain: Text } | undefined) => ({
  label: found?.label ?? {},
  plain: found?.plain ?? {},
})

/** Stored indicators with the pack's words; empty where the pack of today has no such indicator. */
export function indicatorsShown(pack: Pack, stored: JsonValue): z.infer<typeof indicatorSchema>[] {
  return (stored as unknown as z.infer<typeof indicatorSchema>[]).map((each) => {
    const found = pack.indicators.find((indicator) => indicator.code === each.code)
    return { ...each, ...told(found), source: found?.source ?? null }
  })
}

/** Stored signs with the pack's words. */
export function vetoesShown(pack: Pack, stored: JsonValue): z.infer<typeof vetoSchema>[] {
  return (stored as unknown as z.infer<typeof vetoSchema>[]).map((each) => {
    const found = pack.vetoes.find((veto) => veto.code === each.code)
    return { ...each, ...told(found), source: found?.source ?? null }
  })
}
