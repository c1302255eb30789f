// The demo's life: people and areas placed, then the journey. `npm start` has it lived in a process of its own (program.ts).
import type { Registry } from '#registry/open.ts'
import type { Pack } from '#packs/load.ts'
import type { Settings } from '#door/settings.ts'
import type { Say } from '#server/demo/steps.ts'
import { township } from '#server/demo/worlds.ts'
import { placePeople } from '#server/place/people.ts'
import { officers, villagePeople } from '../country/people.ts'
import { journey, type JourneyResult } from '../journey.ts'
import { villagesOf } from '../journey/stage.ts'
import { score, type Report } from '../truth/score.ts'

const seed = 1

export interface Lived {
  registry: Registry
  settings: Settings
  pack: Pack
  /** Households of the township; as many as it has (17,000) where absent. */
  households?: number
  villages?: number
}

/** Live the journey in an empty registry that has its pack; `world_dir` is the folder of the synthetic world. */
export async function live(lived: Lived, world_dir: string, say: Say): Promise<JourneyResult> {
  const { registry, settings, pack, villages: so_many } = lived
  const codes = await villagesOf(registry, pack.demo_area ?? '')
  await placePeople(registry, [...officers, ...villagePeople(codes.slice(0, so_many ?? codes.length))])
  return await journey({
    registry,
    settings,
    pack,
    world_dir,
    seed,
    households: lived.households ?? township.households,
    ...(so_many === undefined ? {} : { villages: so_many }),
    say,
  })
}

/** As `live`, with the report that holds it against the truth. */
export async function liveDemo(lived: Lived, world_dir: string, say: Say): Promise<Report> {
  const began = performance.now()
  const result = await live(lived, world_dir, say)
  const { registry, pack } = lived
  return score(registry, world_dir, pack.demo_county ?? '', result, (performance.now() - began) / 1000, pack)
}
