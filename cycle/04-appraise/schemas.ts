// What the board and the household's story answer with.
import { z } from '@hono/zod-openapi'
import { due_steps } from './appraise.ts'
import { states } from '#registry/tables/states.ts'

const cardSchema = z.object({
  appraisal_id: z.string(),
  household_id: z.string(),
  area_code: z.string(),
  state: z.enum(states['appraisal.state']),
  state_since: z.string(),
  head_name: z.string(),
  household_size: z.number(),
  net_income_per_capita: z.number().nullable(),
  score: z.number().nullable(),
  unmet: z.array(z.string()),
  votes: z.object({ for: z.number(), against: z.number(), abstain: z.number() }).nullable(),
  open_objections: z.number(),
  village_reviewed: z.boolean(),
  township_reviewed: z.boolean(),
})

const text = z.record(z.string(), z.string())
const fraction = z.tuple([z.number(), z.number()])
export const rulesSchema = z.object({
  quorum: z.object({
    present_of_members: fraction,
    for_of_present: fraction,
    strictly_more: z.boolean(),
    label: text,
  }),
  /** The role that hangs each notice. */
  notice_roles: z.record(z.string(), z.string().nullable()),
  days: z.object({ first_notice: z.number(), second_notice: z.number(), announcement: z.number() }),
})

export const dueSchema = z.object({ total: z.number(), items: z.array(cardSchema) })

export const openableSchema = z.object({
  total: z.number(),
  items: z.array(
    z.object({ household_id: z.string(), area_code: z.string(), head_name: z.string(), household_size: z.number() }),
  ),
})

export const boardSchema = z.object({
  waiting: z.number().describe('Eligible or confirmed poor, not yet opened'),
  due: z.record(z.enum(due_steps), z.number()).describe('How many cases wait for each step'),
  columns: z.array(
    z.object({ state: z.enum(states['appraisal.state']), count: z.number(), cards: z.array(cardSchema) }),
  ),
  meetings: z.array(
    z.object({
      meeting_id: z.string(),
      area_code: z.string(),
      held_on: z.string(),
      present: z.number(),
      entitled: z.number(),
      chair: z.string(),
      minutes: z.string(),
    }),
  ),
  notices: z.array(
    z.object({
      notice_id: z.string(),
      area_code: z.string(),
      stage: z.enum(states['public_notice.stage']),
      place: z.string(),
      posted_on: z.string(),
      days: z.number(),
      closes_on: z.string(),
      closed_at: z.string().nullable(),
      households: z.number(),
      days_left: z.number(),
    }),
  ),
  objections: z.array(
    z.object({
      objection_id: z.string(),
      household_id: z.string(),
      head_name: z.string(),
      notice_id: z.string(),
      made_on: z.string(),
      made_by: z.string().nullable(),
      statement: z.string(),
      state: z.enum(states['objection.state']),
      resolution: z.string().nullable(),
      answer_by: z.string().nullable().describe('The day by which the pack wants it answered'),
    }),
  ),
  today: z.string(),
  rules: rulesSchema.nullable(),
})

export const storySchema = z.object({
  cases: z.array(
    z.object({
      appraisal_id: z.string(),
      household_id: z.string(),
      area_code: z.string(),
      assessment_id: z.string(),
      kind: z.enum(states['appraisal.kind']),
      state: z.enum(states['appraisal.state']),
      state_since: z.string(),
      opened_at: z.string(),
      opened_by: z.string().nullable(),
      closed_at: z.string().nullable(),
      held: z.boolean().describe('It waits: its household was found to be one with another that has one of its own'),
    }),
  ),
  votes: z.array(
    z.object({
      meeting_id: z.string(),
      appraisal_id: z.string(),
      votes_for: z.number(),
      votes_against: z.number(),
      votes_abstain: z.number(),
      passed: z.boolean(),
      note: z.string().nullable(),
      held_on: z.string(),
      present: z.number(),
      entitled: z.number(),
      chair: z.string(),
    }),
  ),
  notices: z.array(
    z.object({
      notice_id: z.string(),
      stage: z.enum(states['public_notice.stage']),
      place: z.string(),
      posted_on: z.string(),
      closes_on: z.string(),
      closed_at: z.string().nullable(),
    }),
  ),
  objections: z.array(
    z.object({
      objection_id: z.string(),
      notice_id: z.string(),
      made_on: z.string(),
      made_by: z.string().nullable(),
      statement: z.string(),
      state: z.enum(states['objection.state']),
      recorded_at: z.string(),
      resolution: z.string().nullable(),
      resolved_at: z.string().nullable(),
    }),
  ),
  reviews: z.array(
    z.object({
      review_id: z.string(),
      appraisal_id: z.string(),
      level: z.enum(states['review.level']),
      decision: z.enum(states['review.decision']),
      reason: z.string(),
      decided_at: z.string(),
      account_name: z.record(z.string(), z.string()).nullable(),
    }),
  ),
})

export const noticeSchema = z.object({
  notice_id: z.string(),
  area_code: z.string(),
  area_name: z.object({ en: z.string(), zh: z.string() }),
  above_name: z.object({ en: z.string(), zh: z.string() }).nullable().describe('Of the area one level up'),
  stage: z.enum(states['public_notice.stage']),
  place: z.string(),
  posted_on: z.string(),
  days: z.number(),
  closes_on: z.string(),
  closed_at: z.string().nullable(),
  answer_days: z.number().nullable(),
  language: z.string().describe('Of papers that hang in public, as the pack says'),
  today: z.string(),
  households: z.array(
    z.object({
      household_id: z.string(),
      head_name: z.string(),
      household_size: z.number(),
      area_code: z.string(),
      area_name: z.object({ en: z.string(), zh: z.string() }).nullable(),
    }),
  ),
})
