// The township's whole journey, April 2014 to June 2017, lived by its people through the door.
import type { Settings } from '#door/settings.ts'
import type { Pack } from '#packs/load.ts'
import { readAreas } from '#packs/areas.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact, transactRead } from '#registry/transaction.ts'
import { groupsAmong } from './country/areas.ts'
import { generate, type Manifest } from './country/generate.ts'
import { assignHelpers, deliver, diagnose, handleAlerts, liveYear, plan } from './journey/help.ts'
import { appraise, assess, register, summer_2014, verify, type AssessResult } from './journey/identify.ts'
import { know, trulyPoor } from './journey/knowledge.ts'
import { evaluate, leaveList } from './journey/leave.ts'
import { setStage, type Say, type Stage } from './journey/stage.ts'
import { match, reviewPairs, sendRegisters, sendRound, type MatchResult } from './journey/survey.ts'
import { spring } from './journey/spring.ts'

export interface JourneyOptions {
  registry: Registry
  settings: Settings
  pack: Pack
  /** Folder for the synthetic world and its truth. */
  world_dir: string
  households: number
  seed: number
  /** Live in the township's first so many villages alone, with everything in proportion; all where absent. */
  villages?: number
  say: Say
}

export interface JourneyResult {
  manifest: Manifest
  submissions: number
  matched: MatchResult
  assessed: AssessResult
  registered_2014: string[]
  plans: number
  exits: number
  evaluation_id: string
  /** The last day lived; the demo's clock goes on from here. */
  ends_at: string
}

const ends_at = '2017-06-20T01:30:00.000Z'

/** Generate the world and live the journey in a registry that has areas, forms and people. */
export async function journey(options: JourneyOptions): Promise<JourneyResult> {
  const { pack, say, world_dir, seed } = options
  const stage = await setStage(options)
  const lived_in = new Set(stage.village_codes)
  const groups = groupsAmong(readAreas(pack)).filter((group) => lived_in.has(group.village_code))
  const manifest = await generate({
    households: options.households,
    seed,
    out_dir: world_dir,
    areas: groups,
    progress: ({ step, done, total }) => say(`A synthetic township: ${step}`, done, total),
  })

  // 2014, spring and summer: every door, who is who, who is poor.
  const submissions = await sendRound(stage, 1, manifest.submissions)
  stage.at('2014-06-20T02:00:00Z')
  await sendRegisters(stage)
  const matched = await match(stage)
  await reviewPairs(stage, await know(stage, 2014), Math.max(6, stage.part(12)), '2014-06-26T02:00:00Z')
  stage.at('2014-06-30T02:00:00Z')
  const assessed = await assess(stage, '2014-12-31')
  const known = await know(stage, 2014)
  stage.at('2014-07-06T02:00:00Z')
  await verify(stage, known, 0)
  await appraise(stage, known, summer_2014)
  stage.at('2014-09-10T02:00:00Z')
  await register(stage, '2014-09-10')
  const registered_2014 = await registered(stage)

  // 2014, autumn, to 2016: why, what, given, lived.
  stage.at('2014-10-15T02:00:00Z')
  await diagnose(stage)
  await assignHelpers(stage, registered_2014)
  let plans = 0
  for (const year of [2015, 2016]) {
    plans += await plan(stage, year)
    const delivered = await deliver(stage, year)
    const others = year === 2016 ? await someOthers(stage, stage.part(600)) : []
    await liveYear(stage, known, year, delivered, [...registered_2014, ...others])
    stage.at(`${year}-12-22T02:00:00Z`)
    await handleAlerts(stage, year === 2016 ? stage.part(6) : 0)
  }

  // 2017: leaving the list; newly found households under way; the inspection.
  const exits = await leaveList(stage, 2016, stage.part(4))
  await spring(stage, await know(stage, 2016))
  const truth_2016 = await know(stage, 2016)
  // A sample of a few says nothing, however few the households.
  const sample = (of_all: number): number => Math.max(10, stage.part(of_all))
  const evaluation_id = await evaluate(stage, truth_2016, {
    year: 2016,
    designed_on: '2017-03-01',
    drawn_on: '2017-04-05',
    inspected_on: '2017-04-18',
    sizes: { exited: sample(400), registered: sample(150), never_registered: sample(650) },
    seed: 'ruijin-2017-04-05 18 04 22 07 31 09',
    inspect: true,
  })
  await evaluate(stage, truth_2016, {
    year: 2017,
    designed_on: '2017-05-02',
    drawn_on: '2017-06-15',
    inspected_on: '2017-06-25',
    sizes: { exited: sample(40), registered: sample(20), never_registered: sample(60) },
    seed: 'ruijin-2017-06-15 02 11 30 25 16 08',
    inspect: false,
  })
  await transact(options.registry, SYSTEM, (tx) =>
    tx
      .insertInto('setting')
      .values({ key: 'demo_clock', value: JSON.stringify(ends_at) })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: JSON.stringify(ends_at) }))
      .execute(),
  )
  return {
    manifest,
    submissions,
    matched,
    assessed,
    registered_2014,
    plans,
    exits,
    evaluation_id,
    ends_at,
  }
}

async function registered(stage: Stage): Promise<string[]> {
  const rows = await transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('register_household')
      .select('household_id')
      .where('county_code', '=', stage.county_code)
      .where('status', '=', 'registered')
      .orderBy('household_id')
      .execute(),
  )
  return rows.map((row) => row.household_id)
}

/** Households never registered that are visited again in the look-back: a random few. */
async function someOthers(stage: Stage, count: number): Promise<string[]> {
  const rows = await transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('household')
      .leftJoin('register_household', (join) =>
        join
          .onRef('register_household.county_code', '=', 'household.county_code')
          .onRef('register_household.household_id', '=', 'household.household_id'),
      )
      .select('household.household_id')
      .where('household.county_code', '=', stage.county_code)
      .where('household.state', '=', 'active')
      .where('register_household.household_id', 'is', null)
      .orderBy('household.household_id')
      .execute(),
  )
  const chance = stage.chance('look-back')
  return rows.map((row) => row.household_id).filter(() => chance.uniform() < count / rows.length)
}

export { trulyPoor }
