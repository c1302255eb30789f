// The second half of the life: plans, help, alerts, exit.
import { sql } from 'kysely'
import { seen } from './count.ts'
import { cardOf, committee, surveyor } from './people.ts'
import { county_code, firstOf, named } from './say.ts'
import type { Acting, Stage, Step, Village } from './stage.ts'

export function lateLife(stage: Stage, { call }: Acting): Step[] {
  const { registry } = stage
  const visit = async (village: Village, name: string, more: Record<string, unknown>, instance: string) => {
    const answers = { household_code: village.ids[name] ?? '', ...more } as never
    const submissions = [cardOf(stage, village, name, answers, instance)]
    await call(surveyor(village), 'POST /api/survey/submissions', { json: { submissions } })
    await call('zhong.wei', 'POST /api/match/run', { json: { area_code: village.code } })
    await call('zhong.wei', 'POST /api/assess/run', { json: { area_code: village.code } })
  }
  const step = (login: string, kind: string, happened_on: string, village: Village, detail: object) =>
    call(login, 'POST /api/exit/steps', {
      json: { kind, happened_on, cases: [{ exit_id: village.ids['exit_id'], detail }] },
    }).then(() => {})
  const deregister = (village: Village, name: string) =>
    call('zhong.wei', 'POST /api/register/households/:household_id/deregister', {
      params: { household_id: village.ids[name] ?? '' },
      json: { valid_from: '2016-02-01', reason: '整户外迁' },
    }).then(() => {})

  const readPlans = async (_answers: unknown, village: Village) => {
    const rows = await seen(
      registry,
      sql<{ plan_id: string; household_id: string; measure_code: string | null }>`
        select p.plan_id, p.household_id, min(i.measure_code) as measure_code
        from plan p left join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
        where p.county_code = ${county_code} and p.area_code ^@ ${village.code} and p.superseded_at is null
        group by p.plan_id, p.household_id order by p.household_id`,
    )
    village.lists['plans'] = rows.map((row) => row.plan_id)
    const planned = rows.find((row) => row.measure_code !== null)
    village.ids['planned_household'] = planned?.household_id ?? ''
    village.ids['planned_measure'] = planned?.measure_code ?? ''
  }

  const plans: Step[] = [
    {
      route: 'POST /api/prescribe/places',
      as: 'zhong.wei',
      send: (village) => ({
        json: {
          places: [
            {
              area_code: village.code,
              year: 2015,
              measure_code: stage.pack.measures[0]?.code,
              places: 40,
              source: '县',
            },
          ],
        },
      }),
    },
    {
      route: 'POST /api/prescribe/budgets',
      as: 'zhong.wei',
      send: (village) => ({
        json: {
          budgets: [
            {
              area_code: village.code,
              year: 2015,
              batch: stage.pack.measures[0]?.batch,
              amount: 9_000_000,
              source: '县',
            },
          ],
        },
      }),
    },
    {
      route: 'POST /api/prescribe/run',
      as: 'zhong.wei',
      send: (village) => ({ json: { area_code: village.code, year: 2015 } }),
      after: readPlans,
    },
    {
      route: 'POST /api/prescribe/households/:household_id/wishes',
      as: committee,
      send: (village) => ({
        params: { household_id: village.ids['planned_household'] ?? '' },
        json: { year: 2015, measure_code: village.ids['planned_measure'], kind: 'refused', reason: '家里不愿意' },
      }),
      after: (answers, village) => {
        village.ids['wish_id'] = named(answers, 'wish_id')
      },
    },
    {
      route: 'POST /api/prescribe/households/:household_id/wishes/withdraw',
      as: committee,
      send: (village) => ({
        params: { household_id: village.ids['planned_household'] ?? '' },
        json: { year: 2015, wish_id: village.ids['wish_id'] },
      }),
      after: readPlans,
    },
    {
      route: 'POST /api/prescribe/plans/agree',
      as: committee,
      send: (village) => ({
        json: { plan_ids: village.lists['plans'], agreed_on: '2014-10-08', responsible_person: '刘建国' },
      }),
    },
    {
      route: 'POST /api/prescribe/plans/approve',
      as: 'chen.lihua',
      send: (village) => ({ json: { plan_ids: village.lists['plans'] } }),
    },
  ]

  const delivery = (village: Village, name: string, item: { measure_code: string; cost: number }) => ({
    household_id: village.ids[name],
    measure_code: item.measure_code,
    delivered_on: '2015-06-15',
    quantity: 1,
    unit: 'household',
    cost: item.cost,
    provider: '叶坪乡政府',
    head_signed: true,
  })
  const planned = (village: Village) =>
    seen(
      registry,
      sql<{ household_id: string; measure_code: string; cost: number }>`select i.household_id, i.measure_code, i.cost
        from plan_item i join plan p on p.county_code = i.county_code and p.plan_id = i.plan_id
        where i.county_code = ${county_code} and i.area_code ^@ ${village.code} and p.superseded_at is null
          and i.funded order by i.household_id, i.measure_code`,
    )

  const help: Step[] = [
    {
      route: 'POST /api/deliver/deliveries',
      as: committee,
      at: '2015-06-30T08:00:00.000Z',
      before: async (village) => {
        village.lists['items'] = (await planned(village)).map((item) => JSON.stringify(item))
      },
      send: (village) => ({
        json: {
          deliveries: (village.lists['items'] ?? []).map((told) => {
            const item = JSON.parse(told) as { household_id: string; measure_code: string; cost: number }
            return { ...delivery(village, '', item), household_id: item.household_id }
          }),
        },
      }),
      after: async (_answers, village) => {
        // Not of the household that leaves: its help must stand.
        const rows = await seen(
          registry,
          sql<{ delivery_id: string }>`select delivery_id from delivery where county_code = ${county_code}
            and household_id = ${village.ids['stays'] ?? ''} order by measure_code`,
        )
        village.ids['delivery_id'] = rows[0]?.delivery_id ?? ''
      },
    },
    {
      route: 'POST /api/deliver/deliveries/:delivery_id/reverse',
      as: 'li.guoqiang',
      send: (village) => ({
        params: { delivery_id: village.ids['delivery_id'] ?? '' },
        json: { reason: '重复登记' },
      }),
    },
    {
      route: 'POST /api/deliver/income',
      as: committee,
      send: (village) => ({
        json: {
          entries: [
            { household_id: village.ids['leaves'], year: 2015, source: 'wage', amount: 123_45, paid_on: '2015-06-01' },
            { household_id: village.ids['stays'], year: 2015, source: 'wage', amount: 500_00, paid_on: '2015-06-01' },
          ],
        },
      }),
      after: (answers, village) => {
        village.ids['ledger_id'] = firstOf(answers, 'ledger_ids')
      },
    },
    {
      route: 'POST /api/deliver/income/:ledger_id/reverse',
      as: 'li.guoqiang',
      send: (village) => ({ params: { ledger_id: village.ids['ledger_id'] ?? '' }, json: { reason: '金额有误' } }),
    },
    {
      route: 'POST /api/deliver/helpers',
      as: committee,
      send: (village) => ({
        json: {
          helpers: [{ household_id: village.ids['stays'], name: '刘建国', unit: '县农业局', valid_from: '2015-06-01' }],
        },
      }),
    },
  ]

  const watch: Step[] = [
    {
      route: 'POST /api/monitor/changes',
      as: committee,
      send: (village) => ({
        json: {
          changes: [
            {
              household_id: village.ids['stays'],
              kind: 'disaster',
              happened_on: '2015-06-20',
              detail: '洪水',
              source: '村干部',
            },
          ],
        },
      }),
      after: (answers, village) => {
        village.ids['alert_id'] = firstOf(answers, 'alert_ids')
      },
    },
    {
      route: 'POST /api/monitor/alerts/:alert_id',
      as: committee,
      send: (village) => ({
        params: { alert_id: village.ids['alert_id'] ?? '' },
        json: { state: 'visited', action: '入户走访，房屋进水，已安排转移。' },
      }),
    },
    {
      route: 'POST /api/monitor/changes',
      as: committee,
      send: (village) => ({
        json: {
          changes: [
            {
              household_id: village.ids['stays'],
              kind: 'birth',
              happened_on: '2015-06-21',
              detail: '喜得一女',
              source: '户主',
            },
          ],
        },
      }),
      after: (answers, village) => {
        village.ids['change_id'] = firstOf(answers, 'change_ids')
      },
    },
    {
      route: 'POST /api/monitor/changes/:change_id/confirm',
      as: 'li.guoqiang',
      send: (village) => ({
        params: { change_id: village.ids['change_id'] ?? '' },
        json: {
          member: { name: '小凤', relation: 'child', sex: 'female', birth_date: '2015-06-21' },
          proof: '出生医学证明',
        },
      }),
    },
    {
      route: 'POST /api/monitor/changes/:change_id/take-back',
      as: 'zhong.wei',
      send: (village) => ({
        params: { change_id: village.ids['change_id'] ?? '' },
        json: { reason: '证明有误，待补' },
      }),
    },
    {
      route: 'POST /api/monitor/changes/:change_id/refuse',
      as: 'li.guoqiang',
      send: (village) => ({
        params: { change_id: village.ids['change_id'] ?? '' },
        json: { proof: '入户核实，不属本户' },
      }),
    },
    {
      route: 'POST /api/monitor/run',
      as: 'zhong.wei',
      at: '2015-11-20T08:00:00.000Z',
      before: (village) =>
        visit(village, 'falls', { wage_income: 0, business_income: 0, surveyed_on: '2015-11-18' }, 'fallen'),
      send: (village) => ({ json: { area_code: village.code } }),
    },
    {
      route: 'POST /api/register/refresh',
      as: 'zhong.wei',
      before: (village) =>
        visit(
          village,
          'leaves',
          {
            wage_income: 2_400_000,
            business_income: 900_000,
            food_shortage: 'never',
            protein_weekly: true,
            seasonal_clothing: true,
            house_grade: 'A',
            surveyed_on: '2015-11-18',
          },
          'lifted',
        ),
      send: (village) => ({ json: { area_code: village.code } }),
    },
  ]

  // China's criteria of exit are in force from 2016 on.
  const exit: Step[] = [
    {
      route: 'POST /api/exit/check',
      as: 'zhong.wei',
      at: '2015-12-20T08:00:00.000Z',
      send: (village) => ({ json: { area_code: village.code, year: 2016 } }),
      after: async (_answers, village) => {
        const rows = await seen(
          registry,
          sql<{ exit_id: string }>`select exit_id from exit_case where county_code = ${county_code}
            and household_id = ${village.ids['leaves'] ?? ''}`,
        )
        village.ids['exit_id'] = rows[0]?.exit_id ?? ''
      },
    },
    {
      route: 'POST /api/exit/steps',
      as: committee,
      at: '2016-01-05T08:00:00.000Z',
      send: (village) => ({
        json: {
          kind: 'appraised',
          happened_on: '2016-01-05',
          cases: [{ exit_id: village.ids['exit_id'], detail: { present: 30, entitled: 36, for: 30, against: 0 } }],
        },
      }),
    },
    {
      route: 'POST /api/exit/steps',
      as: 'chen.lihua',
      at: '2016-02-01T08:00:00.000Z',
      before: async (village) => {
        await stage.at('2016-01-06T08:00:00.000Z')
        await step('li.guoqiang', 'verified', '2016-01-06', village, { visited_on: '2016-01-06', note: '入户' })
        await step(committee(village), 'consented', '2016-01-06', village, { by: '户主', signed: true })
        await step(committee(village), 'noticed', '2016-01-06', village, {})
        await stage.at('2016-02-01T08:00:00.000Z')
      },
      send: (village) => ({
        json: { kind: 'exited', happened_on: '2016-02-01', cases: [{ exit_id: village.ids['exit_id'], detail: {} }] },
      }),
    },
    {
      route: 'POST /api/register/households/:household_id/deregister',
      as: 'zhong.wei',
      send: (village) => ({
        params: { household_id: village.ids['struck'] ?? '' },
        json: { valid_from: '2016-02-01', reason: '整户外迁' },
      }),
    },
    {
      route: 'POST /api/exit/areas',
      as: 'li.guoqiang',
      before: async (village) => {
        await deregister(village, 'doubted')
        await deregister(village, 'stays')
      },
      send: (village) => ({ json: { area_code: village.code, year: 2016 } }),
      after: (answers, village) => {
        village.ids['area_exit_id'] = named(answers, 'area_exit_id')
      },
    },
    {
      route: 'POST /api/exit/areas/:area_exit_id',
      as: 'chen.lihua',
      at: '2016-03-20T08:00:00.000Z',
      send: (village) => ({
        params: { area_exit_id: village.ids['area_exit_id'] ?? '' },
        json: { state: 'approved', reason: '公示无异议' },
      }),
    },
  ]

  return [...plans, ...help, ...watch, ...exit]
}
