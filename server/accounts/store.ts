// Accounts in the registry: read by area, changed under a lock on the administrators of the places concerned.
import { sql } from 'kysely'
import { tokenHash } from '#door/sign-in/passwords.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

export interface HeldRole {
  role: string
  area_code: string
}

export interface AccountRow {
  account_id: string
  login: string
  name: { en: string; zh: string }
  disabled_at: string | null
  demo: boolean
  has_password: boolean
  code_until: string | null
  last_seen_at: string | null
  roles: (HeldRole & { area_name: { en: string; zh: string } | null; level: string | null })[]
}

/** Accounts with a role in one of the scopes ('*': all), with every role they hold, by login. */
export async function listAccounts(tx: ReadTx, scope: readonly string[]): Promise<AccountRow[]> {
  const rows = await sql<AccountRow>`
    select a.account_id, a.login, a.name, a.disabled_at, a.demo, a.password_hash is not null as has_password,
      (select c.expires_at from account_code c where c.account_id = a.account_id) as code_until,
      (select max(s.last_seen_at) from session s where s.account_id = a.account_id) as last_seen_at,
      coalesce((select jsonb_agg(jsonb_build_object('role', r.role, 'area_code', r.area_code, 'area_name', p.name,
          'level', p.level) order by r.role, r.area_code)
        from account_role r left join area p on p.area_code = r.area_code where r.account_id = a.account_id),
        '[]') as roles
    from account a
    where ${scope.includes('*')} or exists (select 1 from account_role r where r.account_id = a.account_id
      and r.area_code ^@ any(${[...scope]}::text[]))
    order by a.login`.execute(tx)
  return rows.rows
}

/** One account with its roles, held until the transaction ends. */
export async function holdAccount(tx: Tx, account_id: string) {
  const account = await tx
    .selectFrom('account')
    .select(['account_id', 'login', 'name', 'disabled_at', 'demo', 'password_hash'])
    .where('account_id', '=', account_id)
    .forUpdate()
    .executeTakeFirst()
  if (!account) return undefined
  const roles = await tx
    .selectFrom('account_role')
    .select(['role', 'area_code'])
    .where('account_id', '=', account_id)
    .execute()
  return { ...account, roles }
}

/** Holds every administrator of a place: two who take one another away at once go one after the other. */
export async function otherAdministrators(tx: Tx, area_code: string, account_id: string): Promise<number> {
  const rows = await sql<{ account_id: string; disabled_at: string | null }>`
    select a.account_id, a.disabled_at from account a
    where a.account_id in (select r.account_id from account_role r
      where r.role = 'administrator' and r.area_code = ${area_code})
    order by a.account_id for update`.execute(tx)
  return rows.rows.filter((row) => row.account_id !== account_id && row.disabled_at === null).length
}

export async function areasNamed(tx: ReadTx, area_codes: readonly string[]) {
  if (area_codes.length === 0) return []
  return await tx
    .selectFrom('area')
    .select(['area_code', 'level'])
    .where('area_code', 'in', [...area_codes])
    .where('valid_to', 'is', null)
    .execute()
}

export interface NewAccount {
  account_id: string
  login: string
  name: { en: string; zh: string }
  password_hash: string | null
  now: string
}

/** False where the login is taken. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<boolean> {
  const made = await tx
    .insertInto('account')
    .values({
      account_id: account.account_id,
      login: account.login,
      name: JSON.stringify(account.name),
      password_hash: account.password_hash,
      password_set_at: account.password_hash === null ? null : account.now,
      disabled_at: null,
      created_at: account.now,
    })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .executeTakeFirst()
  return made.numInsertedOrUpdatedRows === 1n
}

export async function giveRoles(
  tx: Tx,
  account_id: string,
  roles: readonly HeldRole[],
  by: { granted_by: string | null; granted_at: string },
): Promise<number> {
  if (roles.length === 0) return 0
  const given = await tx
    .insertInto('account_role')
    .values(roles.map(({ role, area_code }) => ({ role, area_code, account_id, ...by })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(given.numInsertedOrUpdatedRows ?? 0n)
}

export async function takeRole(tx: Tx, account_id: string, role: HeldRole): Promise<void> {
  await tx
    .deleteFrom('account_role')
    .where('account_id', '=', account_id)
    .where('role', '=', role.role)
    .where('area_code', '=', role.area_code)
    .execute()
}

export async function setDisabled(tx: Tx, account_id: string, disabled_at: string | null): Promise<void> {
  await tx.updateTable('account').set({ disabled_at }).where('account_id', '=', account_id).execute()
}

/** A new password ends every session and the code that led to it. */
export async function setPassword(tx: Tx, account_id: string, password_hash: string | null, at: string): Promise<void> {
  await tx
    .updateTable('account')
    .set({ password_hash, password_set_at: at })
    .where('account_id', '=', account_id)
    .execute()
  await tx.deleteFrom('account_code').where('account_id', '=', account_id).execute()
  await tx.deleteFrom('session').where('account_id', '=', account_id).execute()
}

export async function saveCode(
  tx: Tx,
  code: { account_id: string; code_hash: string; expires_at: string; made_by: string | null; made_at: string },
): Promise<void> {
  await tx
    .insertInto('account_code')
    .values(code)
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ ...code }))
    .execute()
}

/** The account that a login's code would open, and the code's hash; nothing where it has ended. */
export async function codeOf(tx: ReadTx, login: string, now: string) {
  return await tx
    .selectFrom('account')
    .leftJoin('account_code', (join) =>
      join.onRef('account_code.account_id', '=', 'account.account_id').on('account_code.expires_at', '>', now),
    )
    .select([
      'account.account_id',
      'account.name',
      'account.password_hash',
      'account.password_set_at',
      'account_code.code_hash',
    ])
    .where('account.login', '=', login)
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst()
}

/** Use a code up; false where somebody else has used it in the meantime. */
export async function useCode(tx: Tx, account_id: string, code_hash: string): Promise<boolean> {
  const used = await tx
    .deleteFrom('account_code')
    .where('account_id', '=', account_id)
    .where('code_hash', '=', code_hash)
    .executeTakeFirst()
  return used.numDeletedRows === 1n
}

/** The open sessions of an account; the id is no secret and opens nothing. */
export async function sessionsOf(tx: ReadTx, account_id: string, now: string, own?: string) {
  const own_hash = own === undefined ? null : tokenHash(own)
  const rows = await tx
    .selectFrom('session')
    .leftJoin('area', 'area.area_code', 'session.area_code')
    .select(['token_hash', 'role', 'session.area_code', 'area.name as area_name', 'user_agent', 'expires_at'])
    .where('account_id', '=', account_id)
    .where('expires_at', '>', now)
    .orderBy('expires_at', 'desc')
    .execute()
  return rows.map(({ token_hash, ...row }) => ({
    session_id: token_hash.slice(0, 16),
    this_one: token_hash === own_hash,
    ...row,
  }))
}

/** End one session of an account; false where there is none. */
export async function endSession(tx: Tx, account_id: string, session_id: string): Promise<boolean> {
  const ended = await tx
    .deleteFrom('session')
    .where('account_id', '=', account_id)
    .where((row) => row(row.fn<string>('left', ['token_hash', row.lit(16)]), '=', session_id))
    .executeTakeFirst()
  return ended.numDeletedRows > 0n
}

export async function endSessions(tx: Tx, account_id: string): Promise<number> {
  const ended = await tx.deleteFrom('session').where('account_id', '=', account_id).executeTakeFirst()
  return Number(ended.numDeletedRows)
}
