// The evaluation, from its design to its decision.
import { sql } from 'kysely'
import { hashOf } from '#cycle/11-evaluate/draw.ts'
import { plainAnswers } from '../steps/households.ts'
import { seen } from './count.ts'
import { county_code, firstOf, named } from './say.ts'
import type { Stage, Step, Village } from './stage.ts'

const seed = 'dice thrown in public: 4 2 6 6 1'

export function evaluationLife(stage: Stage): Step[] {
  const { registry } = stage
  const evaluation = 'POST /api/evaluate/evaluations/:evaluation_id'
  const which = (village: Village) => ({ evaluation_id: village.ids['evaluation_id'] ?? '' })
  const inspected = (village: Village, household_id: string) => {
    const card = plainAnswers({ pack: stage.pack, village_codes: [village.code] }, {})
    const fields = new Set(
      (stage.pack.forms.includes('household_inspection') ? inspection_fields : []).concat('members'),
    )
    const members = (card['members'] as Record<string, unknown>[]).map((member) =>
      Object.fromEntries(Object.entries(member).filter(([name]) => member_fields.includes(name))),
    )
    const answers = Object.fromEntries(Object.entries(card).filter(([name]) => fields.has(name)))
    return { household_id, inspected_on: '2016-03-20', answers: { ...answers, recognises_help: true, members } }
  }
  return [
    {
      route: 'POST /api/evaluate/evaluations',
      as: 'sun.yifan',
      send: (village) => ({
        json: {
          area_code: village.code,
          year: 2016,
          design: { sizes: { exited: 10, registered: 10, never_registered: 10 } },
          seed_sha256: hashOf(`${seed} ${village.index}`),
        },
      }),
      after: (answers, village) => {
        village.ids['evaluation_id'] = named(answers, 'evaluation_id')
      },
    },
    {
      route: `${evaluation}/draw`,
      as: 'sun.yifan',
      send: (village) => ({ params: which(village), json: { seed: `${seed} ${village.index}` } }),
      after: async (_answers, village) => {
        const rows = await seen(
          registry,
          sql<{ household_id: string }>`select u.household_id from evaluation_unit u
            join account a on a.account_id::text = u.inspector_id and a.login = 'zhao.ruixue'
            where u.county_code = ${county_code} and u.evaluation_id = ${village.ids['evaluation_id'] ?? ''}
            order by u.household_id`,
        )
        village.lists['drawn'] = rows.map((row) => row.household_id)
      },
    },
    {
      route: `${evaluation}/inspections`,
      as: 'zhao.ruixue',
      send: (village) => ({
        params: which(village),
        json: { inspections: (village.lists['drawn'] ?? []).map((id) => inspected(village, id)) },
      }),
    },
    {
      route: `${evaluation}/estimate`,
      as: 'sun.yifan',
      send: (village) => ({ params: which(village), json: { without_the_rest: true } }),
    },
    { route: `${evaluation}/publish`, as: 'sun.yifan', send: (village) => ({ params: which(village) }) },
    {
      route: `${evaluation}/appeals`,
      as: 'li.guoqiang',
      send: (village) => ({
        params: which(village),
        json: { appeals: [{ household_id: village.lists['drawn']?.[0], statement: '另有收入。' }] },
      }),
      after: (answers, village) => {
        village.ids['appeal_id'] = firstOf(answers, 'appeal_ids')
      },
    },
    {
      route: `${evaluation}/appeals/:appeal_id`,
      as: 'sun.yifan',
      send: (village) => ({
        params: { ...which(village), appeal_id: village.ids['appeal_id'] ?? '' },
        json: { state: 'upheld', reason: '有银行流水。' },
      }),
    },
    { route: `${evaluation}/decide`, as: 'sun.yifan', send: (village) => ({ params: which(village), json: {} }) },
  ]
}

const inspection_fields = [
  'wage_income',
  'business_income',
  'property_income',
  'minimum_allowance_income',
  'five_guarantee_income',
  'pension_income',
  'elderly_allowance_income',
  'disability_allowance_income',
  'ecological_compensation_income',
  'family_support_income',
  'other_transfer_income',
  'production_cost',
  'food_shortage',
  'protein_weekly',
  'seasonal_clothing',
  'house_grade',
  'water_source',
  'water_minutes',
  'water_short_months',
  'water_safe',
]
const member_fields = [
  'name',
  'relation',
  'sex',
  'birth_date',
  'education',
  'schooling',
  'health',
  'disability',
  'labour_capacity',
  'medical_insurance',
]
