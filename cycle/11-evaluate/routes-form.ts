import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { room } from '#door/room.ts'
import { inspectionFields } from './inspect.ts'

const text = z.object({ en: z.string(), zh: z.string() })
const field = z.object({
  name: z.string(),
  type: z.string(),
  labels: text,
  required: z.boolean(),
  minor_units: z.number().optional(),
  choices: z.array(z.object({ value: z.string(), labels: text })).optional(),
})

const form = createRoute({
  method: 'get',
  path: '/api/evaluate/form',
  ...guarded('evaluate.read', 'read', area.common),
  responses: {
    200: answers(
      z.object({ household: z.array(field), members: z.array(field) }),
      'The questions of the inspection, in order; the same for every household',
    ),
  },
})

// What the list or the visit itself tells; the inspector is not asked again.
const told = ['area_code', 'surveyed_on', 'surveyor_name', 'household_code', 'consent', 'household_size']

/** Labels of a form are named `English (en)`; a language without one shows another's, or the name. */
function byLanguage(labels: Readonly<Record<string, string>> | undefined, name: string): { en: string; zh: string } {
  const all = Object.entries(labels ?? {})
  const of = (language: string) =>
    all.find(([key]) => key === language || key.endsWith(`(${language})`))?.[1] ?? all[0]?.[1] ?? name
  return { en: of('en'), zh: of('zh') }
}

export const formRoutes = room().openapi(form, (c) => {
  const fields = inspectionFields(c.var.pack)
  const shown = (of: (typeof fields)['household']) =>
    Object.values(of)
      .filter((each) => !told.includes(each.name))
      .map(({ name, type, labels, required, minor_units, choices, choice_labels }) => ({
        name,
        type,
        labels: byLanguage(labels, name),
        required,
        ...(minor_units === undefined ? {} : { minor_units }),
        ...(choices
          ? {
              choices: choices.map((value) => ({
                value,
                labels: byLanguage(choice_labels?.[value], value),
              })),
            }
          : {}),
      }))
  return c.json({ household: shown(fields.household), members: shown(fields.lists.members ?? {}) }, 200)
})
