// What the room's answers look like; used by several routes.
import { z } from '@hono/zod-openapi'
import { fieldText, sayValue } from '#packs/explain/reasons.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { Pack, Text } from '#packs/schema/schema.ts'
import type { JsonValue } from '#registry/tables.ts'
import type { VetoSign } from './judge/assess.ts'

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
  parameters: z.array(
    z.object({
      name: z.string(),
      value: z.unknown(),
      from: z.string(),
      source: z.string(),
      source_title: text.describe('The source in every language, where the pack of today still has the figure'),
    }),
  ),
  source: sourceSchema.nullable(),
})

export const vetoSchema = z.object({
  code: z.string(),
  label: text,
  plain: text,
  reason: text,
  evidence: z.object({
    said: z.array(z.object({ field: z.string(), label: text, value: z.unknown(), told: text })),
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

const becauseSchema = z.object({
  kind: z.enum(['answer', 'member', 'register', 'parameter', 'rule', 'reference_date', 'area']),
  name: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  text,
})

export const changeSchema = z.object({
  verdict: z.object({ before: z.string(), after: z.string() }),
  states: z.array(
    z.object({
      part: z.enum(['indicator', 'veto']),
      code: z.string(),
      label: text,
      before: z.string(),
      after: z.string(),
      because: z.array(becauseSchema),
    }),
  ),
  because: z.array(becauseSchema).describe('Every difference in what the rules read'),
  complete: z.boolean().describe('False where the older evidence or rules were not kept: reasons may be missing'),
})

export const askSchema = z.object({
  field: z.string(),
  label: text,
  who: z.string().nullable().describe('The member it is asked of; null for the household'),
})

/** Missing answers in words: `members[2].birth_date` is the date of birth of the third person of the form. */
export function askOf(book: Rulebook, missing: readonly string[], members: readonly string[]) {
  return missing.map((field): z.infer<typeof askSchema> => {
    const [, list, index, name] = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(field) ?? []
    if (list === undefined || name === undefined)
      return { field, label: fieldText(field, null, book.wording), who: null }
    const who = list === 'members' ? (members[Number(index)] ?? null) : null
    return { field, label: fieldText(name, list, book.wording), who }
  })
}

const told = (found: { label: Text; plain: Text } | undefined) => ({
  label: found?.label ?? {},
  plain: found?.plain ?? {},
})

/** Stored indicators with the pack's words; empty where the pack of today has no such indicator. */
export function indicatorsShown(pack: Pack, stored: JsonValue): z.infer<typeof indicatorSchema>[] {
  return (stored as unknown as z.infer<typeof indicatorSchema>[]).map((each) => {
    const found = pack.indicators.find((indicator) => indicator.code === each.code)
    const parameters = each.parameters.map((read) => ({ ...read, source_title: titleOf(pack, read) }))
    return { ...each, ...told(found), parameters, source: found?.source ?? null }
  })
}

/** The title of a figure's source in every language; kept with the assessment is the pack's own language alone. */
function titleOf(pack: Pack, read: { name: string; from: string; source: string }): Text {
  const values = pack.parameters.find((parameter) => parameter.code === read.name)?.values ?? []
  const titles = values.filter((value) => value.from === read.from).map((value) => value.source.title)
  return titles.find((title) => Object.values(title).includes(read.source)) ?? titles[0] ?? {}
}

/** Stored signs with the pack's words, and what the family said of itself as people say it. */
export function vetoesShown(book: Rulebook, stored: JsonValue): z.infer<typeof vetoSchema>[] {
  const { pack, wording } = book
  return (stored as unknown as VetoSign[]).map(({ evidence, ...each }) => {
    const found = pack.vetoes.find((veto) => veto.code === each.code)
    const said = evidence.said.map(({ field, value }) => ({
      field,
      value,
      label: fieldText(field, null, wording),
      told: Object.fromEntries(pack.languages.map((language) => [language, sayValue(field, value, language, wording)])),
    }))
    return { ...each, evidence: { ...evidence, said }, ...told(found), source: found?.source ?? null }
  })
}
