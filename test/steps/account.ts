import type { Role } from '#door/permit/roles.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import type { World } from '../world.ts'

/** Somebody new with this role at an area, whom no file of the demo knows: a token of his session, opened at `now`. */
export async function newAccount(
  { registry }: World,
  { role, area_code }: { role: Role; area_code: string },
  now: string,
): Promise<string> {
  const account_id = `new-${role}-${area_code}`
  await registry.app
    .insertInto('account')
    .values({ account_id, login: account_id, name: '{"en":"S","zh":"生"}', password_hash: null, disabled_at: null })
    .execute()
  await registry.app.insertInto('account_role').values({ account_id, role, area_code, granted_by: null }).execute()
  return (await openSession(registry, account_id, now)).token
}
