import { randomUUID } from 'node:crypto'
import { transact, SYSTEM } from '#registry/transaction.ts'
import type { Registry } from '#registry/open.ts'

export interface Placed {
  login: string
  name: { en: string; zh: string }
  role: string
  area_code: string
}

/**
 * Make the demo's accounts with their roles where they do not exist yet. Without a password nobody signs in but through
 * the demo's door. A login that somebody else holds already is left alone.
 */
export async function placePeople(registry: Registry, people: readonly Placed[]): Promise<void> {
  await transact(registry, SYSTEM, async (tx) => {
    for (const person of people) {
      const account_id = randomUUID()
      await tx
        .insertInto('account')
        .values({
          account_id,
          login: person.login,
          name: JSON.stringify(person.name),
          password_hash: null,
          disabled_at: null,
          demo: true,
        })
        .onConflict((conflict) => conflict.column('login').doNothing())
        .execute()
      const account = await tx
        .selectFrom('account')
        .select(['account_id', 'demo'])
        .where('login', '=', person.login)
        .executeTakeFirstOrThrow()
      if (!account.demo) continue
      await tx
        .insertInto('account_role')
        .values({ account_id: account.account_id, role: person.role, area_code: person.area_code, granted_by: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  })
}
