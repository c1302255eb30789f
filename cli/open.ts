import { fileURLToPath } from 'node:url'
import { covers, scopeOf } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { actions, type Action, type Role } from '#door/permit/roles.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import { readSettings, type Settings } from '#door/settings.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { openRegistry, type Registry } from '#registry/open.ts'
import { makeClient, unwrap, type Client } from '#server/client.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Options every command takes. */
export interface Common {
  json?: boolean
  data?: string
  server?: string
  token?: string
  as?: string
  /** What is to be done where; without --as, by an account that may. */
  acts?: { action: Action; area_code: string }
}

export function settingsOf(common: Common): Settings {
  return readSettings({ ...process.env, ...(common.data ? { DOORSTEP_DATA: common.data } : {}) }, root)
}

export async function packOf(settings: Settings): Promise<Pack> {
  const { pack, problems } = await loadPack(settings.pack_dir)
  if (pack) return pack
  throw problem('pack_invalid', {
    detail: problems.map((each) => each.message).join('; '),
    errors: problems.map((each) => ({ path: each.code, message: each.message })),
  })
}

/** The registry alone, for work beneath the door: backup, restore, snapshot, audit. */
export async function withRegistry<T>(
  common: Common,
  work: (registry: Registry, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = settingsOf(common)
  const registry = await openRegistry({
    data_dir: settings.data_dir,
    ...(settings.database_url ? { database_url: settings.database_url } : {}),
    ...(settings.secret_key ? { secret_key: settings.secret_key } : {}),
  })
  try {
    return await work(registry, settings)
  } finally {
    await registry.close()
  }
}

/**
 * A typed client: of a running server (--server, --token), or of the app opened in this process on the data folder,
 * acting as the account --as (by default the first officer of a county). Both pass through the same door.
 */
export async function withClient<T>(common: Common, work: (client: Client) => Promise<T>): Promise<T> {
  return throughDoor(common, ({ base, token, fetch }) => work(makeClient(base, { token, wait: true, fetch })))
}

export type Call = (path: string, init?: RequestInit) => Promise<Response>

/** As `withClient`, for requests the typed client cannot make: uploads, XML. */
export async function withDoor<T>(common: Common, work: (call: Call) => Promise<T>): Promise<T> {
  return throughDoor(common, ({ base, token, fetch }) =>
    work(async (path, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('x-doorstep', '1')
      headers.set('prefer', 'wait')
      if (token) headers.set('authorization', `Bearer ${token}`)
      return fetch(new Request(new URL(path, base), { ...init, headers }))
    }),
  )
}

interface Way {
  base: string
  token: string | undefined
  fetch: (request: Request) => Response | Promise<Response>
}

async function throughDoor<T>(common: Common, work: (way: Way) => Promise<T>): Promise<T> {
  if (common.server) {
    const token = common.token ?? process.env.DOORSTEP_TOKEN
    return work({ base: common.server, token, fetch: (request) => fetch(request) })
  }
  // Loaded here, so that commands which need no app start at once.
  const [{ makeApp }, { placePack }] = await Promise.all([import('#server/app.ts'), import('#server/place/pack.ts')])
  return withRegistry(common, async (registry, settings) => {
    const pack = await packOf(settings)
    await placePack(registry, pack, () => {})
    const app = makeApp({ registry, settings, pack })
    const token = await localToken(registry, common.as ?? (await whoMay(registry, common.acts)))
    return work({ base: 'http://doorstep', token, fetch: (request) => app.fetch(request) })
  })
}

/** The account nearest to the work: the smallest area that covers it, in the first role that may do it. */
async function whoMay(registry: Registry, acts: Common['acts']): Promise<string | undefined> {
  if (!acts) return undefined
  const rows = await registry.app
    .selectFrom('account')
    .innerJoin('account_role', 'account_role.account_id', 'account.account_id')
    .leftJoin('area', 'area.area_code', 'account_role.area_code')
    .select(['account.login', 'account_role.role', 'account_role.area_code', 'area.level'])
    .where('account.disabled_at', 'is', null)
    .where('account_role.role', 'in', [...actions[acts.action]])
    .orderBy('account.login')
    .execute()
  const able = rows.filter((row) => {
    const scope = scopeOf(row.area_code, row.level)
    return covers(
      { account_id: null, name: null, role: row.role as Role, area_code: row.area_code, scope },
      acts.area_code,
    )
  })
  const size = (row: (typeof rows)[number]) => (row.level === 'nation' ? 0 : (row.area_code?.length ?? 0))
  return able.sort((a, b) => size(b) - size(a))[0]?.login
}

/** Whoever may open the data folder may act as any account of it; the audit chain names the account. */
async function localToken(registry: Registry, login: string | undefined): Promise<string> {
  let query = registry.app
    .selectFrom('account')
    .innerJoin('account_role', 'account_role.account_id', 'account.account_id')
    .select(['account.account_id', 'account_role.role', 'account_role.area_code'])
    .where('account.disabled_at', 'is', null)
    .orderBy('account.login')
  query = login ? query.where('account.login', '=', login) : query.where('account_role.role', '=', 'county_officer')
  const account = await query.executeTakeFirst()
  if (!account) {
    throw problem('sign_in_required', {
      detail: login ? `There is no account ${login}.` : 'There is no county officer yet; name an account with --as.',
    })
  }
  const { role, area_code } = account
  return (await openSession(registry, account.account_id, new Date().toISOString(), { role, area_code })).token
}

export { unwrap }
