import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { room } from '#door/room.ts'
import { fieldText } from '#packs/explain/reasons.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { bookOf, CHAPTERS, checkRule } from './book.ts'
import { sourceSchema, text } from '../shapes.ts'

const answer = z.union([z.boolean(), z.number(), z.string()])

const entrySchema = z.object({
  id: z.string(),
  chapter: z.string(),
  code: z.string(),
  label: text,
  plain: text.nullable(),
  rule: z.string().nullable(),
  valid_from: z.string(),
  source: sourceSchema,
  examples: z.array(
    z.object({
      note: text,
      record: z.record(z.string(), z.unknown()),
      expect: answer,
      got: answer,
      holds: z.boolean(),
    }),
  ),
  rules: z.array(z.object({ name: z.string(), rule: z.string() })),
  facts: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
})

const parameterSchema = z.object({
  code: z.string(),
  label: text,
  plain: text,
  type: z.string(),
  unit: z.string(),
  values: z.array(
    z.object({
      from: z.string(),
      to: z.string().optional(),
      area: z.string().optional(),
      value: z.number(),
      confidence: z.string(),
      source: sourceSchema,
    }),
  ),
})

const book = createRoute({
  method: 'get',
  path: '/api/rules',
  ...guarded('rules.read', 'read', area.public),
  responses: {
    200: answers(
      z.object({
        pack_id: z.string(),
        pack_hash: z.string(),
        title: text,
        reference_date: z.string(),
        entries: z.array(entrySchema),
        parameters: z.array(parameterSchema),
        confidence: z.record(z.string(), text),
        fields: z.array(z.object({ name: z.string(), list: z.string().nullable(), type: z.string(), label: text })),
      }),
      'The pack as a readable book',
    ),
  },
})

const check = createRoute({
  method: 'post',
  path: '/api/rules/check',
  ...guarded('rules.try', 'read', area.common),
  request: { body: takes(z.object({ rule: z.string().max(10_000), chapter: z.enum(CHAPTERS).default('indicators') })) },
  responses: {
    200: answers(
      z.object({
        ok: z.boolean(),
        type: z.string().optional(),
        fields: z.array(z.string()).optional(),
        lists: z.record(z.string(), z.array(z.string())).optional(),
        parameters: z.array(z.string()).optional(),
        problems: z
          .array(
            z.object({
              code: z.string(),
              message: z.string(),
              start: z.number(),
              end: z.number(),
              hint: z.string().optional(),
            }),
          )
          .optional(),
      }),
      'What a rule gives and reads, or every problem with its place',
    ),
  },
})

export const rulesRoutes = room()
  .openapi(book, (c) => {
    const rules = rulebookOf(c.var.pack)
    const { pack, fields } = rules
    const named = (list: string | null, own: typeof fields.household) =>
      Object.values(own).map(({ name, type }) => ({ name, list, type, label: fieldText(name, list, rules.wording) }))
    return c.json(
      {
        pack_id: pack.id,
        pack_hash: pack.pack_hash,
        title: pack.title,
        reference_date: pack.reference_date,
        entries: bookOf(rules),
        parameters: pack.parameters,
        confidence: pack.confidence,
        fields: [
          ...named(null, fields.household),
          ...Object.entries(fields.lists).flatMap(([list, own]) => named(list, own)),
        ],
      },
      200,
    )
  })
  .openapi(check, (c) => {
    const { rule, chapter } = c.req.valid('json')
    return c.json(checkRule(rulebookOf(c.var.pack), rule, chapter), 200)
  })
