// 2014 to 2016: why each household is poor, what would lift it out, what was really given, and the years that followed.
import type { StateOf } from '#registry/tables/states.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { followUp, type HelpedHousehold } from '../life.ts'
import type { Knowledge } from './knowledge.ts'
import { match, sendRound } from './survey.ts'
import { committeeOf, pieces, resultOf, unwrap, type Stage } from './stage.ts'

export async function diagnose(stage: Stage): Promise<number> {
  stage.say('Why each household is poor')
  const client = await stage.as('zhong.wei')
  const job = await unwrap(client.api.diagnose.run.$post({ json: { area_code: stage.county_code } }))
  return resultOf<{ diagnosed: number }>(job).diagnosed
}

// Made: a township's share of a county's funds, in yuan; enough for most of what the plans ask.
const budgets_yuan: Record<string, number> = {
  production: 16_000_000,
  relocation: 14_000_000,
  ecological: 4_000_000,
  education: 3_000_000,
  social_security: 10_000_000,
}

/** Budgets, plans, the household's agreement, the county's approval. */
export async function plan(stage: Stage, year: number): Promise<number> {
  const planner = await stage.as('zhong.wei')
  stage.at(`${year - 1}-12-05T02:00:00Z`)
  await unwrap(
    planner.api.prescribe.budgets.$post({
      json: {
        budgets: Object.entries(budgets_yuan).map(([batch, yuan]) => ({
          area_code: stage.township,
          year,
          batch,
          amount: stage.part(yuan) * 100,
          source: `${year}年财政专项扶贫资金`,
        })),
      },
    }),
  )
  stage.say(`Plans for ${year}`)
  const job = await unwrap(planner.api.prescribe.run.$post({ json: { area_code: stage.township, year } }))
  const { planned } = resultOf<{ planned: number }>(job)
  const drafts = await plansOf(stage, year, 'draft')
  stage.at(`${year}-01-12T02:00:00Z`)
  for (const [committee, plans] of Map.groupBy(drafts, (draft) => committeeOf(draft.area_code))) {
    const client = await stage.as(committee)
    for (const batch of pieces(plans, 1000)) {
      const plan_ids = batch.map((each) => each.plan_id)
      await unwrap(client.api.prescribe.plans.agree.$post({ json: { plan_ids, agreed_on: `${year}-01-12` } }))
    }
  }
  stage.at(`${year}-01-25T02:00:00Z`)
  const approver = await stage.as('chen.lihua')
  for (const batch of pieces(drafts, 1000)) {
    await unwrap(approver.api.prescribe.plans.approve.$post({ json: { plan_ids: batch.map((each) => each.plan_id) } }))
  }
  return planned
}

function plansOf(stage: Stage, year: number, state: StateOf<'plan.state'>) {
  return transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('plan')
      .select(['plan_id', 'household_id', 'area_code'])
      .where('county_code', '=', stage.county_code)
      .where('year', '=', year)
      .where('state', '=', state)
      .where('superseded_at', 'is', null)
      .orderBy('household_id')
      .execute(),
  )
}

interface Item {
  plan_id: string
  item_id: string
  household_id: string
  area_code: string
  measure_code: string
  batch: string
  cost: number
  income_gain: number
  indicators: string[]
}

function itemsOf(stage: Stage, year: number): Promise<Item[]> {
  return transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('plan_item')
      .innerJoin('plan', (join) =>
        join.onRef('plan.county_code', '=', 'plan_item.county_code').onRef('plan.plan_id', '=', 'plan_item.plan_id'),
      )
      .select([
        'plan_item.plan_id',
        'plan_item.item_id',
        'plan_item.household_id',
        'plan_item.area_code',
        'plan_item.measure_code',
        'plan_item.batch',
        'plan_item.cost',
        'plan_item.income_gain',
        'plan_item.indicators',
      ])
      .where('plan_item.county_code', '=', stage.county_code)
      .where('plan.year', '=', year)
      .where('plan.state', '=', 'approved')
      .where('plan.superseded_at', 'is', null)
      .where('plan_item.funded', '=', true)
      .orderBy('plan_item.household_id')
      .orderBy('plan_item.measure_code')
      .execute(),
  )
}

const providers: Record<string, string> = {
  production: '县农业农村部门',
  relocation: '县搬迁办公室',
  ecological: '县林业部门',
  education: '县教育部门',
  social_security: '县民政部门',
}

/** A responsible person for every registered household: officials of county offices, in turn. */
export async function assignHelpers(stage: Stage, household_ids: readonly string[]): Promise<void> {
  const names = [
    '刘建国',
    '杨丽',
    '谢明',
    '钟秀英',
    '赖志强',
    '罗文',
    '温玉兰',
    '宋涛',
    '许静',
    '廖长春',
    '邱红',
    '曾凡',
  ]
  const units = ['县教育局', '县卫生局', '县林业局', '县水务局', '县人社局', '县农业局']
  stage.at('2014-11-20T02:00:00Z')
  const client = await stage.as('zhong.wei')
  const helpers = household_ids.map((household_id, index) => ({
    household_id,
    name: names[index % names.length] ?? '',
    unit: units[index % units.length] ?? '',
    valid_from: '2014-11-20',
  }))
  for (const batch of pieces(helpers, 1000))
    await unwrap(client.api.deliver.helpers.$post({ json: { helpers: batch } }))
}

/** What was really given in a year: about 94 of 100 funded items arrive (our assumption). */
export async function deliver(stage: Stage, year: number): Promise<Item[]> {
  const items = await itemsOf(stage, year)
  const chance = stage.chance(`delivery ${year}`)
  const given = items
    .filter(() => chance.uniform() < 0.94)
    .map((item) => ({ item, delivered_on: `${year}-0${3 + chance.below(6)}-${10 + chance.below(18)}` }))
  let done = 0
  for (const [committee, batch_of_village] of Map.groupBy(given, (each) => committeeOf(each.item.area_code))) {
    const client = await stage.as(committee)
    stage.at(`${year}-09-28T02:00:00Z`)
    for (const batch of pieces(batch_of_village, 1000)) {
      await unwrap(
        client.api.deliver.deliveries.$post({
          json: {
            deliveries: batch.map(({ item, delivered_on }) => ({
              household_id: item.household_id,
              plan_id: item.plan_id,
              item_id: item.item_id,
              measure_code: item.measure_code,
              delivered_on,
              quantity: 1,
              unit: '项',
              cost: Math.round(item.cost * (0.92 + 0.16 * chance.uniform())),
              provider: providers[item.batch] ?? '乡镇政府',
              head_signed: chance.uniform() < 0.98,
            })),
          },
        }),
      )
      done += batch.length
      stage.say(`Deliveries of ${year}`, done, given.length)
    }
  }
  return given.map((each) => each.item)
}

/** One year of life: what help brought, new shocks, the autumn's visits, the ledger; then assess those visited again. */
export async function liveYear(
  stage: Stage,
  knowledge: Knowledge,
  year: number,
  delivered: readonly Item[],
  visited: readonly string[],
): Promise<void> {
  stage.say(`The year ${year}`)
  const by_household = Map.groupBy(delivered, (item) => item.household_id)
  const helped: HelpedHousehold[] = [...by_household].flatMap(([household_id, items]) => {
    const true_household_id = knowledge.truth_of.get(household_id)
    if (true_household_id === undefined) return []
    const measures = items.map((item) => ({
      measure_code: item.measure_code,
      income_gain_fen: item.income_gain,
      indicators: item.indicators,
      delivered: true,
    }))
    return [{ true_household_id, measures }]
  })
  const visit = [
    ...new Map(
      visited.flatMap((household_id) => {
        const true_household_id = knowledge.truth_of.get(household_id)
        return true_household_id === undefined
          ? []
          : [[true_household_id, { true_household_id, household_code: household_id }] as const]
      }),
    ).values(),
  ]
  const lived = await followUp({ out_dir: stage.world_dir, year, helped: merged(helped), seed: stage.seed, visit })
  await sendRound(stage, lived.round, lived.submissions)
  stage.at(`${year}-12-10T02:00:00Z`)
  await enterLedger(stage, knowledge, year, lived.ledger)
  await match(stage)
  const county = await stage.as('zhong.wei')
  stage.at(`${year}-12-20T02:00:00Z`)
  stage.say(`Assessing those visited in ${year}`)
  await unwrap(
    county.api.assess.run.$post({
      json: { area_code: stage.county_code, reference_date: `${year}-12-31`, which: 'new_evidence' },
    }),
  )
  await unwrap(county.api.register.refresh.$post({ json: { area_code: stage.county_code } }))
  await unwrap(county.api.diagnose.run.$post({ json: { area_code: stage.county_code } }))
  stage.say(`Alerts of ${year}`)
  await unwrap(county.api.monitor.run.$post({ json: { area_code: stage.county_code } }))
}

/** Two registry households may be one true one (an unseen double visit): its measures count once each. */
function merged(helped: readonly HelpedHousehold[]): HelpedHousehold[] {
  return [...Map.groupBy(helped, (each) => each.true_household_id)].map(([true_household_id, parts]) => {
    const measures = new Map(parts.flatMap((part) => part.measures).map((measure) => [measure.measure_code, measure]))
    return { true_household_id, measures: [...measures.values()] }
  })
}

async function enterLedger(
  stage: Stage,
  knowledge: Knowledge,
  year: number,
  facts: Awaited<ReturnType<typeof followUp>>['ledger'],
): Promise<void> {
  const client = await stage.as('li.guoqiang')
  const entries = facts.flatMap((fact) => {
    const household_id = knowledge.registry_of.get(fact.true_household_id)
    if (household_id === undefined) return []
    const { income_field, amount_fen, paid_on, kind } = fact
    return [{ household_id, year, source: income_field, amount: amount_fen, paid_on, evidence: kind }]
  })
  for (const batch of pieces(entries, 1000)) await unwrap(client.api.deliver.income.$post({ json: { entries: batch } }))
}

/** Village committees visit those with an alert; `leave_villages` villages have not got round to it. */
export async function handleAlerts(stage: Stage, leave_villages: number): Promise<void> {
  const chance = stage.chance('alerts')
  for (const village of stage.village_codes.slice(leave_villages)) {
    const client = await stage.as(committeeOf(village))
    const page = await unwrap(
      client.api.monitor.alerts.$get({ query: { area_code: village, state: 'open', limit: '500' } }),
    )
    for (const alert of page.items) {
      const take = (state: 'visited' | 'helped', action: string) =>
        unwrap(
          client.api.monitor.alerts[':alert_id'].$post({
            param: { alert_id: alert.alert_id },
            json: { state, action },
          }),
        )
      const helped = chance.uniform() < 0.4
      await take('visited', helped ? '已入户了解情况，生活确有困难' : '已入户了解情况，持续关注')
      if (helped) await take('helped', '已落实临时救助')
    }
  }
}
