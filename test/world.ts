import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings } from '#door/settings.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { pinned } from '#registry/testing/pinned.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import type { Registry } from '#registry/open.ts'
import { makeApp } from '#server/app.ts'
import { makeClient, type Client } from '#server/client.ts'
import { placeAreas } from '#server/place/areas.ts'
import { placePeople } from '#server/place/people.ts'
import { publishForms } from '#cycle/01-survey/forms/publish.ts'
import { officers, villagePeople } from '#synthetic/country/people.ts'
import { sources } from './house.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'

export { CallFailed, unwrap, type Client } from '#server/client.ts'

/** The product in a test: one app, its people, and a transaction that is rolled back at the end. */
export interface World {
  /** Nobody signed in. */
  client: Client
  /** The client of a demo person (synthetic/country/people.ts), in one session of the world's; jobs are waited for. */
  as(login: string, role?: { role: string; area_code: string }): Promise<Client>
  /** This person's session has ended or stands for an office he has lost: his next client signs in anew. */
  leave(login: string): void
  /** A bearer token of a session of its own, for requests that the typed client cannot make (XML, multipart). */
  token(login: string): Promise<string>
  /** A demo person's client of another process over the same registry, with other rules, at that time. */
  under(login: string, rules: Pack, now: string): Promise<Client>
  /** Any request through the same app, from that address. */
  request(path: string, init?: RequestInit, address?: string): Promise<Response>
  /** Every route of the app, as `GET /api/areas/:area_code`. */
  routes: string[]
  /** Set the clock of the requests that follow. */
  at(iso: string): void
  registry: Registry
  pack: Pack
  county_code: string
  village_codes: string[]
  rollback(): Promise<void>
  /** Leave it to the next file; call once, after the last world. */
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
let pack: Promise<Pack> | undefined
let base: Promise<Registry> | undefined
let data_dir: string | undefined
let worlds = 0

/** China's pack, as its folder has it. */
export async function readPack(): Promise<Pack> {
  const loaded = await loadPack(`${root}packs/china-2014`)
  if (!loaded.pack) throw new Error(loaded.problems.map((each) => each.message).join('\n'))
  return loaded.pack
}

const county_code = '360781'
const township = '360781107'

/** A registry with the areas, forms and people. They are placed once; each test file has a copy (0.2 s; placing takes 1 s). */
export const placedRegistry = (loaded: Pack): Promise<Registry> =>
  testRegistry({ key: placingKey(loaded), fill: (registry) => place(registry, loaded) })

async function place(registry: Registry, loaded: Pack): Promise<void> {
  await transact(registry, SYSTEM, async (tx) => {
    await placeAreas(
      tx,
      loaded,
      (area) => ['CN', '36', '3607'].includes(area.area_code) || area.area_code.startsWith(county_code),
    )
    await publishForms(tx, loaded, '2014-04-01T00:00:00.000Z')
  })
  await placePeople(registry, [...officers, ...villagePeople(await villagesOf(registry))])
}

// The folders of all that `place` runs through.
const placing = ['registry', 'packs', 'engines/xforms', 'server', 'cycle/01-survey', 'synthetic', 'test']
let code: string | undefined

/** Of the pack and of the code that places it. */
function placingKey(loaded: Pack): string {
  code ??= sources(placing)
    .map((file) => `${file.path}\n${file.text}`)
    .join('\n')
  return createHash('sha256').update(loaded.pack_hash).update(code).digest('hex')
}

/** The villages of the demo township, in order. */
export async function villagesOf(registry: Registry): Promise<string[]> {
  const villages = await registry.app
    .selectFrom('area')
    .select('area_code')
    .where('parent_code', '=', township)
    .where('level', '=', 'village')
    .orderBy('area_code')
    .execute()
  return villages.map((village) => village.area_code)
}

/** The product's settings in a test. */
export const worldSettings = (folder: string) => readSettings({ DOORSTEP_DEMO: '1', DOORSTEP_DATA: folder }, root)

/** Open a world; `rollback()` in afterEach, `close()` in afterAll. See `staged` for tests that all begin far down the road. */
export async function openWorld(now = '2014-05-01T08:00:00.000Z'): Promise<World> {
  await leaveStage()
  const { held, ...ground } = await pinnedGround()
  return worldOn({ ...ground, registry: held.registry, rollback: held.rollback }, { time: now })
}

interface Ground {
  registry: Registry
  shared: Registry
  loaded: Pack
  rollback(): Promise<void>
}

async function pinnedGround() {
  pack ??= readPack()
  const loaded = await pack
  base ??= placedRegistry(loaded)
  const shared = await base
  return { held: await pinned(shared), shared, loaded }
}

// Two open worlds would wait for one another's rows: a stage stands until a world is opened without it.
let leaveStage: () => Promise<void> = async () => {}

/**
 * Worlds in which `set` has happened, and what it returned. It happens once: each world begins where it ended, and
 * `rollback()` goes back there.
 */
export function staged<T>(
  set: (world: World) => Promise<T>,
  now = '2014-05-01T08:00:00.000Z',
): () => Promise<{ world: World; given: T }> {
  let standing: { open(): Promise<World>; given: T } | undefined
  return async () => {
    if (!standing) {
      await leaveStage()
      const { held, ...ground } = await pinnedGround()
      leaveStage = async () => {
        leaveStage = async () => {}
        standing = undefined
        await held.rollback()
      }
      const clock = { time: now }
      const given = await set(await worldOn({ ...ground, registry: held.registry, rollback: held.rollback }, clock))
      await held.mark()
      const rollback = async () => {
        await held.back()
      }
      standing = {
        given,
        open: async () => worldOn({ ...ground, registry: await held.back(), rollback }, { ...clock }),
      }
    }
    return { world: await standing.open(), given: standing.given }
  }
}

async function worldOn({ registry, shared, loaded, rollback }: Ground, clock: { time: string }): Promise<World> {
  data_dir ??= mkdtempSync(join(tmpdir(), 'doorstep-world-'))
  const settings = worldSettings(data_dir)
  const app = makeApp({ registry, settings, pack: loaded, clock: () => clock.time })
  // Failures are counted by address as long as the process lives, and files share one: a world has its own address.
  const own_address = `world-${(worlds += 1)}`
  const from = (address: string) => ({ incoming: { socket: { remoteAddress: address } } })
  const fetch = async (request: Request) => app.fetch(request, from(own_address))
  const token = async (login: string, role?: { role: string; area_code: string }) => {
    const account = await registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
    return (await openSession(registry, account.account_id, clock.time, role)).token
  }
  // A session for each request was a fifth of all statements of a room's tests.
  const sessions = new Map<string, Map<string, Promise<string>>>()
  const session = (login: string, role?: { role: string; area_code: string }) => {
    const own = sessions.get(login) ?? new Map<string, Promise<string>>()
    sessions.set(login, own)
    const key = `${role?.role} ${role?.area_code}`
    const opened = own.get(key) ?? token(login, role)
    own.set(key, opened)
    return opened
  }
  return {
    client: makeClient('http://doorstep', { fetch, wait: true }),
    as: async (login, role) => makeClient('http://doorstep', { fetch, wait: true, token: await session(login, role) }),
    leave: (login) => void sessions.delete(login),
    token,
    under: async (login, rules, now) => {
      const other = makeApp({ registry, settings, pack: rules, clock: () => now })
      const own = async (request: Request) => other.fetch(request)
      return makeClient('http://doorstep', { fetch: own, wait: true, token: await session(login) })
    },
    request: async (path, init, address) =>
      app.fetch(new Request(`http://doorstep${path}`, init), from(address ?? own_address)),
    routes: app.routes.filter((route) => route.method !== 'ALL').map((route) => `${route.method} ${route.path}`),
    at: (iso) => {
      clock.time = iso
    },
    registry,
    pack: loaded,
    county_code,
    village_codes: await villagesOf(shared),
    rollback,
    async close() {
      // The placed registry stays as it was, and the next file of this process goes on with it: to make one and to drop it
      // takes half a second, for some fifty files. Its database goes when the process has ended (registry/testing/after.ts).
      await leaveStage()
      if (data_dir) rmSync(data_dir, { recursive: true, force: true })
      data_dir = undefined
    },
  }
}
