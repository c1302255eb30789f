import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { readSettings } from '#door/settings.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import type { Pack } from '#packs/load.ts'
import type { Registry } from '#registry/open.ts'
import { makeApp } from '#server/app.ts'
import { makeClient, type Client } from '#server/client.ts'
import { listenHttp } from '#server/http/listen.ts'
import { placedRegistry, readPack, villagesOf } from './world.ts'

/** The product listening on a port of the loopback, with a registry of its own whose requests run side by side. */
export interface Listening {
  base: string
  registry: Registry
  pack: Pack
  village_codes: string[]
  as(login: string): Promise<Client>
  token(login: string): Promise<string>
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** For what a rolled-back transaction cannot show: the network, and requests at the same moment. */
export async function listen(now = '2014-05-01T08:00:00.000Z'): Promise<Listening> {
  const pack = await readPack()
  const registry = await placedRegistry(pack)
  const village_codes = await villagesOf(registry)
  const settings = readSettings({ DOORSTEP_DEMO: '1', PORT: '0' }, root)
  const app = makeApp({ registry, settings, pack, clock: () => now })
  const server = listenHttp({ fetch: app.fetch, settings })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const token = async (login: string) => {
    const account = await registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
    return (await openSession(registry, account.account_id, now)).token
  }
  return {
    base,
    registry,
    pack,
    village_codes,
    token,
    as: async (login) => makeClient(base, { token: await token(login), wait: true }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      // What a test left open, or gave up on, is no reason to wait.
      server.closeAllConnections()
      await closed
      await registry.close()
    },
  }
}
