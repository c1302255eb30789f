// Shapes of the workbench's answers.
import { z } from '@hono/zod-openapi'
import { isRuleFile } from '#packs/overlay.ts'
import { states } from '#registry/tables/states.ts'

/** Rule and word files by name; together at most a few hundred kB, an entry's text is some 2 kB. */
// The largest of the packs has 26 kB, the largest pack 70 kB.
const most_of_all = 400_000

export const ruleFiles = z
  .record(z.string().refine(isRuleFile, 'rules/<name>.yaml or words/<language>.yaml'), z.string().max(150_000))
  .refine(
    (files) => Object.values(files).reduce((sum, text) => sum + text.length, 0) <= most_of_all,
    `At most ${most_of_all} characters together.`,
  )

export const problemsSchema = z.array(
  z.object({
    code: z.string(),
    file: z.string(),
    at: z.string().optional(),
    message: z.string(),
    hint: z.string().optional(),
    entry: z.string().nullable().describe('The entry it lies in'),
  }),
)

export const changeSchema = z.object({
  id: z.string(),
  chapter: z.string(),
  label: z.record(z.string(), z.string()).nullable(),
  change: z.enum(['added', 'removed', 'changed']),
  changes: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(['rule', 'text', 'value', 'example']),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
})

export const draftHead = z.object({
  draft_id: z.string(),
  title: z.string(),
  why: z.string(),
  revision: z.number(),
  state: z.enum(states['rule_draft.state']),
  parent_hash: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
})
