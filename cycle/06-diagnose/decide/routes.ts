// A person says which cause is the main one, with the reason; where the weights were not sure, and where they were wrong.
import { z } from '@hono/zod-openapi'
import { answers, guarded, takes } from '#door/enter.ts'
import { holdHouseholds } from '#door/hold.ts'
import { area } from '#door/permit/area-rule.ts'
import { householdOf } from '#door/permit/household.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { createRoute } from '#door/route.ts'
import { audit } from '#registry/audit/audit.ts'
import { currentDiagnosis, saveDecision } from './store.ts'

const decide = createRoute({
  method: 'post',
  path: '/api/diagnose/households/{household_id}/main-cause',
  ...guarded('diagnose.decide', 'write', area.entity('household', 'param.household_id')),
  request: {
    params: z.object({ household_id: z.string() }),
    body: takes(
      z.object({
        diagnosis_id: z
          .string()
          .min(1)
          .describe('The diagnosis that was looked at; another one in force since is not decided'),
        main_cause: z.string().min(1),
        reason: z.string().trim().min(1).max(1000).describe('What was found, in the own words of whoever decides'),
      }),
    ),
  },
  responses: { 200: answers(z.object({ diagnosis_id: z.string() }), 'The diagnosis that is in force now') },
})

export const decideRoutes = room().openapi(decide, async (c) => {
  const { household_id } = c.req.valid('param')
  const { diagnosis_id, main_cause, reason } = c.req.valid('json')
  const { tx, actor, now, pack } = c.var
  const household = await householdOf(tx, household_id)
  if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
  permit(actor, 'diagnose.decide', household.area_code)
  const may_be_main = pack.causes.filter((each) => each.main).map((each) => each.code)
  if (!may_be_main.includes(main_cause))
    throw problem('diagnose_unknown_cause', { detail: `Causes that may be the main one: ${may_be_main.join(', ')}.` })
  const { county_code } = household
  await holdHouseholds(tx, county_code, [household_id])
  const decided = await overCounty(c, county_code, async () => {
    const current = await currentDiagnosis(tx, county_code, household_id)
    if (current?.diagnosis_id !== diagnosis_id)
      throw problem('already_done', { detail: 'Another diagnosis is in force since. Look at it first.' })
    const named = [current.main_cause, current.computed_cause, ...current.other_causes]
    const other_causes = [...new Set(named.filter((code) => code !== null && code !== main_cause))]
    const by = { county_code, now, account_id: actor.account_id }
    return await saveDecision(tx, { ...by, diagnosis_id, main_cause, other_causes: other_causes.map(String), reason })
  })
  await audit(tx, {
    county_code,
    action: 'diagnose.decide',
    subject_kind: 'diagnosis',
    subject_id: decided,
    household_id,
    detail: { before: diagnosis_id, main_cause, reason },
  })
  return c.json({ diagnosis_id: decided }, 200)
})
