// What the routes of imports answer, said once.
import { z } from '@hono/zod-openapi'
import { expected } from '../sheets/cell.ts'
import { unusedReasons } from './account.ts'
import { mappingSchema } from './mapping.ts'
import { questionCodes } from './questions.ts'
import { rowCodes } from '../sheets/read-row.ts'
import { cellCodes } from '../sheets/cell.ts'
import { states } from '#registry/tables/states.ts'

export const rowProblemSchema = z.object({
  sheet: z.string(),
  row: z.number(),
  column: z.string(),
  code: z.enum(rowCodes),
  message: z.string(),
  hint: z.string(),
  got: z.string(),
  expects: z.enum(expected),
})

const sum = z.object({ in: z.number(), used: z.number(), refused: z.number(), unused: z.number() })

const questionSchema = z.object({
  code: z.enum(questionCodes),
  choices: z.array(z.string()),
  suggested: z.string().nullable().describe('What the other values speak for; never taken without being asked'),
  answer: z.string().nullable(),
  open: z.boolean(),
  count: z.number(),
  names: z.array(z.string()),
  examples: z.array(
    z.object({
      row: z.number(),
      column: z.string(),
      written: z.string(),
      readings: z.record(z.string(), z.string()).describe('By choice: what it would be read as'),
    }),
  ),
})

const sheetSchema = z.object({
  sheet: z.string(),
  hidden: z.boolean(),
  use: z.enum(['household', 'list', 'unused']),
  list: z.string().optional(),
  rows: sum,
  cells: sum,
  titles: z.array(z.string()),
  columns: z.array(
    z.object({
      column: z.string(),
      use: z.enum(['key', 'answer', 'unused']),
      target: z.string().optional(),
      why: z.enum(unusedReasons).optional(),
      cells: sum,
      samples: z.array(
        z.object({
          written: z.string(),
          read: z.unknown().describe('Money in minor units'),
          code: z.enum(cellCodes).nullable(),
        }),
      ),
    }),
  ),
})

export const previewAnswer = z.object({
  fingerprint: z.string().describe('To be sent with the import: it says that this summary was seen'),
  encoding: z.string(),
  mapping: mappingSchema,
  suggested: z.boolean().describe('True where the mapping was proposed from the headings'),
  sheets: z.array(sheetSchema),
  others: z.array(z.string()).describe('Files of an archive that are no tables'),
  rows: sum,
  cells: sum,
  households: z.number(),
  people: z.number(),
  known: z.number().describe('Households that came before in the same words'),
  changed: z.number().describe('Households that came before with other answers'),
  questions: z.array(questionSchema),
  problems: z.array(rowProblemSchema),
  problem_count: z.number(),
  unknown_values: z.array(z.object({ target: z.string(), written: z.string(), count: z.number() })),
  fields: z.array(
    z.object({
      target: z.string(),
      list: z.string(),
      type: z.string(),
      minor_units: z.number().optional(),
      labels: z.record(z.string(), z.string()),
      choices: z.array(z.string()).optional(),
      choice_labels: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    }),
  ),
})

export const doneSchema = z.object({
  batch_id: z.string(),
  rows_read: z.number(),
  rows_accepted: z.number(),
  rows_known: z.number().describe('Rows that were here already in the same words'),
  rows_quarantined: z.number(),
  rows_unused: z.number(),
  households: z.number(),
  replaced: z.number().describe('Households that correct what the list said before'),
  problems: z.array(rowProblemSchema),
})

export const batchSchema = z.object({
  batch_id: z.string(),
  area_code: z.string(),
  kind: z.enum(states['import_batch.kind']),
  source: z.string(),
  file_name: z.string(),
  rows_read: z.number(),
  rows_accepted: z.number(),
  rows_known: z.number(),
  rows_quarantined: z.number(),
  rows_unused: z.number(),
  state: z.enum(['running', 'done', 'stopped']),
  problems: z.array(rowProblemSchema.partial().loose()),
  imported_at: z.string(),
  account_name: z.unknown(),
})
