import { randomUUID } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { holdHouseholds } from '#door/hold.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { recordLook } from '#door/look.ts'
import { permit } from '#door/permit/permit.ts'
import { maskAnswers, openAnswers } from '#door/personal.ts'
import { problem } from '#door/problems.ts'
import { checkClaims } from '#door/steps.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { fieldChoices, fieldLabel } from '#packs/explain/field-label.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit } from '#registry/audit/audit.ts'
import { codeOfHash, decrypt } from '#registry/secrets/secrets.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { states } from '#registry/tables/states.ts'
import { carriedNames, carriedSchema } from './carried.ts'
import { enterApproved, refreshArea, write } from './enter.ts'
import { changedFields, fold, inOrder, visible } from './fold.ts'
import { membersShown } from './members.ts'
import { dueOf, entriesOf, joinedTo, listRegistered, personOf } from './store.ts'

const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })
const words = z.record(z.string(), z.string())
const household_param = z.object({ household_id: z.string() })

const due = createRoute({
  method: 'get',
  path: '/api/register/due',
  ...guarded('register.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), limit: z.coerce.number().int().min(1).max(2000).default(500) }) },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        items: z.array(
          z.object({
            household_id: z.string(),
            area_code: z.string(),
            head_name: z.string(),
            household_size: z.number(),
          }),
        ),
      }),
      'Households that were approved and are not on the register yet',
    ),
  },
})

const enter = createRoute({
  method: 'post',
  path: '/api/register/enter',
  ...guarded('register.enter', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), valid_from: z.iso.date() })) },
  responses: { 200: answers(jobAnswer, 'A job that enters every approved household') },
})

const refresh = createRoute({
  method: 'post',
  path: '/api/register/refresh',
  ...guarded('register.enter', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string() })) },
  responses: { 200: answers(jobAnswer, 'A job that carries later surveys into the files') },
})

const deregister = createRoute({
  method: 'post',
  path: '/api/register/households/{household_id}/deregister',
  ...guarded('register.enter', 'write', area.entity('household', 'param.household_id')),
  request: {
    params: household_param,
    body: takes(z.object({ valid_from: z.iso.date(), reason: z.string().trim().min(1) })),
  },
  responses: {
    200: answers(z.object({ entry_id: z.string() }), 'Struck off: an entry of its own; nothing is removed'),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/register/households',
  ...guarded('register.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      status: z.enum(states['register_household.status']).optional(),
      search: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        next: z.string().nullable().describe('`after` of the next page; null on the last'),
        carried: z
          .array(z.object({ name: carriedSchema.keyof(), label: words, choices: z.record(z.string(), words) }))
          .describe('Answers of the card that are columns of the list, in the words of the form'),
        items: z.array(
          z.object({
            household_id: z.string(),
            area_code: z.string(),
            status: z.enum(states['register_household.status']),
            registered_on: z.string(),
            status_on: z.string(),
            head_name: z.string(),
            household_size: z.number(),
            ...carriedSchema.shape,
          }),
        ),
      }),
      'Households on the register',
    ),
  },
})

const file = createRoute({
  method: 'get',
  path: '/api/register/households/{household_id}',
  ...guarded('register.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: household_param,
    query: z.object({
      on: z.iso.date().optional().describe('As it was in the world on this day'),
      known_on: z.iso.datetime().optional().describe('As it was known at this time'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        household_id: z.string(),
        area_code: z.string(),
        head_name: z.string(),
        file: z
          .object({
            status: z.enum(states['register_household.status']),
            registered_on: z.string(),
            status_on: z.string(),
            area_code: z.string(),
            ...carriedSchema.shape,
            answers: z.record(z.string(), z.unknown()).nullable(),
          })
          .nullable(),
        members: z.array(
          z.object({
            person_id: z.string(),
            name: z.string(),
            relation: z.string().nullable(),
            sex: z.string().nullable(),
            birth_date: z.string().nullable(),
            national_id_code: z.string().nullable().describe('A keyed code of the number, equal for equal numbers'),
            national_id_valid: z.boolean().nullable(),
            state: z
              .string()
              .describe('active, left, dead; gone or merged where the cards no longer tell of the person'),
            joined_on: z.string().nullable().describe('The day on which the person came, where that was confirmed'),
            gone_on: z
              .string()
              .nullable()
              .describe('The day on which the person died or left, where that was confirmed'),
          }),
        ),
        entries: z.array(
          z.object({
            entry_id: z.string(),
            kind: z.string(),
            valid_from: z.string(),
            recorded_at: z.string(),
            source_kind: z.string(),
            account_id: z.string().nullable(),
            role: z.string().nullable(),
            changed: z.array(z.string()),
            /** False where the date asked for does not see it yet: shown grey. */
            seen: z.boolean(),
          }),
        ),
      }),
      'The household file, folded from its entries',
    ),
  },
})

const reveal = createRoute({
  method: 'post',
  path: '/api/register/households/{household_id}/reveal',
  ...guarded('register.reveal', 'write', area.entity('person', 'json.person_id')),
  request: {
    params: household_param,
    body: takes(z.object({ person_id: z.string(), reason: z.string().trim().min(5) })),
  },
  responses: {
    200: answers(
      z.object({ national_id: z.string().nullable() }),
      'The number in clear; who saw it and why is on record',
    ),
  },
})

/** Households of which it was not known at that time that they are this one. */
async function knownLater(tx: ReadTx, household: { county_code: string; household_id: string }, known_on: string) {
  const joined = await joinedTo(tx, household)
  return joined.flatMap(({ household_id, since }) =>
    since !== null && Date.parse(since) > Date.parse(known_on) ? [household_id] : [],
  )
}

export const registerRoutes = room()
  .openapi(due, async (c) => {
    const { area_code, limit } = c.req.valid('query')
    permit(c.var.actor, 'register.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    return c.json(await overCounty(c, place.county_code, () => dueOf(c.var.tx, place, limit)), 200)
  })
  .openapi(enter, async (c) => {
    const { area_code, valid_from } = c.req.valid('json')
    permit(c.var.actor, 'register.enter', area_code)
    checkClaims(c, [{ path: 'valid_from', day: valid_from }])
    return c.json(
      await runJob(c, { kind: 'register', area_code }, (progress) => enterApproved(c, area_code, valid_from, progress)),
      200,
    )
  })
  .openapi(refresh, async (c) => {
    const { area_code } = c.req.valid('json')
    permit(c.var.actor, 'register.enter', area_code)
    return c.json(
      await runJob(c, { kind: 'refresh', area_code }, (progress) => refreshArea(c, area_code, progress)),
      200,
    )
  })
  .openapi(deregister, async (c) => {
    const { household_id } = c.req.valid('param')
    const { valid_from, reason } = c.req.valid('json')
    const { tx, actor, now } = c.var
    await holdHouseholds(tx, countyOfHousehold(household_id), [household_id])
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'register.enter', household.area_code)
    const current = fold(await entriesOf(tx, household.county_code, [household_id]))
    if (current?.status !== 'registered' || household.merged_into !== null)
      throw problem('wrong_state', { detail: `Household ${household_id} is not on the register.` })
    checkClaims(c, [{ path: 'valid_from', day: valid_from, after: current.status_on }])
    const entry_id = randomUUID()
    const covers = (await joinedTo(tx, household)).map((each) => each.household_id)
    const { merged_into: _, ...rest } = household
    const written = await write(c, tx, household.county_code, 'register.deregister', [
      {
        ...rest,
        entry_id,
        written_for: household_id,
        kind: 'deregistered',
        valid_from,
        recorded_at: now,
        data: covers.length > 0 ? { reason, covers } : { reason },
        source_kind: 'decision',
        source_id: entry_id,
        account_id: actor.account_id,
        role: actor.role,
      },
    ])
    if (written === 0) throw problem('wrong_state', { detail: `Household ${household_id} is not on the register.` })
    return c.json({ entry_id }, 200)
  })
  .openapi(list, async (c) => {
    const { area_code, ...query } = c.req.valid('query')
    permit(c.var.actor, 'register.read', area_code)
    const page = await listRegistered(c.var.tx, await placeInCounty(c.var.tx, area_code), query)
    const book = rulebookOf(c.var.pack)
    const carried = carriedNames.map((name) => ({
      name,
      label: fieldLabel(book, name),
      choices: fieldChoices(book, name),
    }))
    return c.json({ ...page, carried }, 200)
  })
  .openapi(file, async (c) => {
    const { household_id } = c.req.valid('param')
    const { on, known_on } = c.req.valid('query')
    const { tx, actor, pack, registry } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'register.read', household.area_code)
    recordLook(c, { county_code: household.county_code, household_id, action: 'register.read' })
    const { all, later, members } = await overCounty(c, household.county_code, async () => ({
      all: await entriesOf(tx, household.county_code, [household_id]),
      // As it was known before two were found to be one, the file is its own entries alone.
      later: known_on === undefined ? [] : await knownLater(tx, household, known_on),
      members: await membersShown(tx, household, { on, known_on, now: c.var.now }),
    }))
    const entries = inOrder(all)
    const seen = visible(entries, on, known_on).filter((entry) => !later.includes(entry.written_for))
    // A household that was merged away has no file of its own: its entries count for the other one's.
    const folded = household.merged_into === null ? fold(seen) : null
    const open = entries.map(
      ({ data }) => data.answers && openAnswers(registry.keys, pack.personal_fields, data.answers),
    )
    return c.json(
      {
        household_id,
        area_code: household.area_code,
        head_name: household.head_name,
        file: folded && {
          ...folded,
          answers: folded.answers && maskAnswers(registry.keys, pack.personal_fields, folded.answers),
        },
        members: members.map(({ national_id_hash, ...member }) => ({
          ...member,
          national_id_code: national_id_hash === null ? null : codeOfHash(national_id_hash),
        })),
        entries: entries.map((entry, index) => ({
          entry_id: entry.entry_id,
          kind: entry.kind,
          valid_from: entry.valid_from,
          recorded_at: entry.recorded_at,
          source_kind: entry.source_kind,
          account_id: entry.account_id,
          role: entry.role,
          changed: changedFields(open.slice(0, index).findLast((each) => each) ?? null, open[index] ?? null),
          seen: seen.includes(entry),
        })),
      },
      200,
    )
  })
  .openapi(reveal, async (c) => {
    const { household_id } = c.req.valid('param')
    const { person_id, reason } = c.req.valid('json')
    const { tx, actor, registry } = c.var
    const person = await personOf(tx, household_id, person_id)
    if (!person) throw problem('not_found', { detail: `Household ${household_id} has no such member.` })
    permit(actor, 'register.reveal', person.area_code)
    const household = await householdOf(tx, household_id)
    const national_id = person.national_id_sealed
      ? decrypt(registry.keys, 'person.national_id', person.national_id_sealed)
      : null
    await audit(tx, {
      county_code: household?.county_code ?? '',
      action: 'register.reveal',
      subject_kind: 'person',
      subject_id: person_id,
      household_id,
      detail: { reason, field: 'national_id' },
    })
    return c.json({ national_id }, 200)
  })
