// Where the demo's people act: one app in process, a clock, and everybody's client. All they do passes through the door.
import { createHash } from 'node:crypto'
import type { Say } from '#server/demo/steps.ts'
import type { Pack } from '#packs/load.ts'
import { randomFrom, type Random } from '#engines/statistics/draw/random.ts'
import type { Settings } from '#door/settings.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { makeApp } from '#server/app.ts'
import { makeClient, unwrap, type Client } from '#server/client.ts'

export type { Say }

export interface Stage {
  registry: Registry
  pack: Pack
  /** The synthetic world's folder; the rooms never see it. */
  world_dir: string
  seed: number
  township: string
  county_code: string
  /** The villages that are lived in, in order: all of the township, or its first few. */
  village_codes: string[]
  /** A number told for the whole township, scaled to the villages lived in; never less than one. */
  part(of_all: number): number
  say: Say
  /** Set the time of the requests that follow (ISO 8601). */
  at(iso: string): void
  /** The client of one of the demo's people, in one role. */
  as(login: string): Promise<Client>
  /** Chance that is the same in every run, apart for each purpose. */
  chance(purpose: string): Random
}

export { unwrap }

interface Given {
  registry: Registry
  settings: Settings
  pack: Pack
  world_dir: string
  seed: number
  /** Only the first so many villages of the township; all where absent. */
  villages?: number
  say: Say
}

/** Set the stage for a township that has its areas, forms and people already. */
export async function setStage(given: Given): Promise<Stage> {
  let clock = '2014-04-01T08:00:00.000Z'
  const settings: Settings = { ...given.settings, demo: true }
  let lots = 0
  // One lot after another, the same in every life.
  const lot = () => createHash('sha256').update(`lot ${given.seed} ${++lots}`).digest('hex').slice(0, 32)
  const app = makeApp({ registry: given.registry, settings, pack: given.pack, clock: () => clock, lot })
  const fetch = (request: Request) => app.fetch(request)
  const everyone = makeClient('http://doorstep', { fetch })
  const clients = new Map<string, Client>()
  const township = given.pack.demo_area ?? ''
  const all = await villagesOf(given.registry, township)
  const village_codes = all.slice(0, given.villages ?? all.length)
  return {
    registry: given.registry,
    pack: given.pack,
    world_dir: given.world_dir,
    seed: given.seed,
    say: given.say,
    township,
    county_code: given.pack.demo_county ?? '',
    village_codes,
    part: (of_all) => Math.max(1, Math.round((of_all * village_codes.length) / all.length)),
    at: (iso) => {
      clock = new Date(iso).toISOString()
    },
    as: async (login) => {
      const known = clients.get(login)
      if (known) return known
      const { token } = await unwrap(everyone.api.demo.session.$post({ json: { login } }))
      const client = makeClient('http://doorstep', { fetch, token, wait: true })
      clients.set(login, client)
      return client
    },
    chance: (purpose) => randomFrom(`${given.seed}:${purpose}`),
  }
}

/** The villages of a township, in the order of their codes. */
export async function villagesOf(registry: Registry, township: string): Promise<string[]> {
  const rows = await transactRead(registry, SYSTEM, (tx) =>
    tx
      .selectFrom('area')
      .select('area_code')
      .where('parent_code', '=', township)
      .where('level', '=', 'village')
      .orderBy('area_code')
      .execute(),
  )
  return rows.map((row) => row.area_code)
}

/** The result of a job that was waited for. */
export function resultOf<T>(job: { state: string; result: unknown }): T {
  if (job.state !== 'done') throw new Error(`a job ended ${job.state}`)
  return job.result as T
}

/** A list in pieces, for bulk routes. */
export function pieces<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** The village committee's login of a village or of anything below it. */
export function committeeOf(area_code: string): string {
  return `committee.${area_code.slice(9, 12)}`
}
