// 2017: leaving the list, and the inspectors whom nobody could foresee.
import { createHash } from 'node:crypto'
import type { StateOf } from '#registry/tables/states.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { inspect } from '../life.ts'
import type { Knowledge } from './knowledge.ts'
import { committeeOf, pieces, resultOf, unwrap, type Stage } from './stage.ts'

interface ExitCase {
  exit_id: string
  household_id: string
  area_code: string
}

/**
 * Check the criteria, then the steps by the people whose step it is. The first `under_way` villages stop at the notice,
 * so that a newcomer sees cases under way.
 */
export async function leaveList(stage: Stage, year: number, under_way: number): Promise<number> {
  stage.at(`${year}-12-28T02:00:00Z`)
  stage.say('Exit criteria, household by household')
  const county = await stage.as('chen.lihua')
  resultOf(await unwrap(county.api.exit.check.$post({ json: { area_code: stage.township, year } })))
  const next = year + 1
  const chance = stage.chance(`exit ${year}`)
  let exited = 0
  for (const [index, village] of stage.village_codes.entries()) {
    const cases = await casesIn(stage, village, 'checked')
    if (cases.length === 0) continue
    const committee = await stage.as(committeeOf(village))
    const township = await stage.as(index % 2 === 0 ? 'li.guoqiang' : 'liu.xiaomei')
    const present = 34 + chance.below(12)
    await step(stage, committee, 'appraised', `${next}-01-08`, cases, () => {
      const against = chance.below(5)
      return { present, entitled: present + 6, for: present - against, against }
    })
    await step(stage, township, 'verified', `${next}-01-16`, cases, () => ({
      visited_on: `${next}-01-16`,
      note: '入户核实，达到退出标准',
    }))
    const [agree, refuse] = [cases.filter((_, nth) => nth % 41 !== 40), cases.filter((_, nth) => nth % 41 === 40)]
    await step(stage, committee, 'consented', `${next}-01-20`, agree, () => ({ by: '户主', signed: true }))
    await step(stage, committee, 'refused', `${next}-01-20`, refuse, () => ({ by: '户主', reason: '认为收入还不稳定' }))
    await step(stage, committee, 'noticed', `${next}-01-22`, agree, () => ({ place: '村委会公告栏' }))
    if (index < under_way) continue
    await step(stage, county, 'exited', `${next}-02-06`, agree, () => ({ note: '公告退出' }))
    exited += agree.length
    stage.say('Exits by village', index + 1, stage.village_codes.length)
  }
  return exited
}

function casesIn(stage: Stage, village: string, state: StateOf<'exit_case.state'>): Promise<ExitCase[]> {
  return transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('exit_case')
      .select(['exit_id', 'household_id', 'area_code'])
      .where('county_code', '=', stage.county_code)
      .where('area_code', '^@', village)
      .where('state', '=', state)
      .where('closed_at', 'is', null)
      .orderBy('household_id')
      .execute(),
  )
}

type Client = Awaited<ReturnType<Stage['as']>>
type StepKind = 'appraised' | 'verified' | 'consented' | 'refused' | 'noticed' | 'exited'

async function step(
  stage: Stage,
  client: Client,
  kind: StepKind,
  happened_on: string,
  cases: readonly ExitCase[],
  detail: () => Record<string, unknown>,
): Promise<void> {
  stage.at(`${happened_on}T03:00:00Z`)
  for (const batch of pieces(cases, 500)) {
    await unwrap(
      client.api.exit.steps.$post({
        json: { kind, happened_on, cases: batch.map((each) => ({ exit_id: each.exit_id, detail: detail() })) },
      }),
    )
  }
}

export interface EvaluationPlan {
  /** Day the seed's hash is given; the draw is made a month later, and published with its results. */
  designed_on: string
  drawn_on: string
  inspected_on: string
  year: number
  sizes: { exited: number; registered: number; never_registered: number }
  seed: string
  /** False: the inspectors have not been out yet. */
  inspect: boolean
}

/** A third-party evaluation: design with the seed's hash, draw, blind inspection, estimates, publication, decision. */
export async function evaluate(stage: Stage, knowledge: Knowledge, plan: EvaluationPlan): Promise<string> {
  stage.say('The independent inspection')
  const evaluator = await stage.as('sun.yifan')
  stage.at(`${plan.designed_on}T02:00:00Z`)
  const { evaluation_id } = await unwrap(
    evaluator.api.evaluate.evaluations.$post({
      json: {
        area_code: stage.township,
        year: plan.year,
        design: { sizes: plan.sizes, confidence: 0.95 },
        seed_sha256: createHash('sha256').update(plan.seed).digest('hex'),
      },
    }),
  )
  const param = { evaluation_id }
  stage.at(`${plan.drawn_on}T02:00:00Z`)
  const one = evaluator.api.evaluate.evaluations[':evaluation_id']
  await unwrap(one.draw.$post({ param, json: { seed: plan.seed } }))
  if (!plan.inspect) return evaluation_id
  for (const login of ['zhao.ruixue', 'ma.tianyu']) await inspectUnits(stage, knowledge, evaluation_id, login, plan)
  stage.at(`${plan.inspected_on}T12:00:00Z`)
  await unwrap(one.estimate.$post({ param, json: { without_the_rest: true } }))
  await unwrap(one.publish.$post({ param }))
  await unwrap(one.decide.$post({ param, json: { note: '按抽样估计作出结论。' } }))
  return evaluation_id
}

/** One inspector's blind list, visited and sent. */
async function inspectUnits(
  stage: Stage,
  knowledge: Knowledge,
  evaluation_id: string,
  login: string,
  plan: EvaluationPlan,
): Promise<void> {
  const inspector = await stage.as(login)
  const one = inspector.api.evaluate.evaluations[':evaluation_id']
  stage.at(`${plan.inspected_on}T06:00:00Z`)
  const { items } = await unwrap(one.units.$get({ param: { evaluation_id } }))
  const known = items.flatMap((unit) => {
    const true_household_id = knowledge.truth_of.get(unit.household_id)
    return true_household_id === undefined ? [] : [{ household_id: unit.household_id, true_household_id }]
  })
  const found = new Map(
    (
      await inspect({
        out_dir: stage.world_dir,
        year: plan.year,
        true_household_ids: [...new Set(known.map((each) => each.true_household_id))],
        seed: stage.seed,
      })
    ).map((each) => [each.true_household_id, each.answers]),
  )
  const inspections = known.flatMap(({ household_id, true_household_id }) => {
    const answers = found.get(true_household_id)
    return answers
      ? [{ household_id, inspected_on: plan.inspected_on, answers: { ...answers, household_code: household_id } }]
      : []
  })
  for (const batch of pieces(inspections, 500)) {
    await unwrap(one.inspections.$post({ param: { evaluation_id }, json: { inspections: batch } }))
  }
}
