// Every row of every table, so that what follows when households are found to be one can be compared to the letter.
import { sql } from 'kysely'
import { SYSTEM, transact, type Tx } from '#registry/transaction.ts'
import { codeOf } from '../steps/appraisals.ts'
import { tableRows, type Asked, type Row, type TableRows } from '../records/table-rows.ts'
import { unwrap, type World } from '../world.ts'

export type { Row }
export type Tables = TableRows

// What is written anew and never changed, or says when something was last looked at: these are compared by what is in
// force, without the names of rows and the hours at which they were written.
const in_force: Record<string, { where: string; without: string[] }> = {
  household: { where: 'true', without: ['changed_at'] },
  person: { where: 'true', without: ['changed_at'] },
  link: { where: 'withdrawn_at is null', without: ['link_id', 'linked_at', 'run_id', 'account_id', 'evidence'] },
  match_answer: { where: 'withdrawn_at is null', without: [] },
  assessment: { where: 'superseded_at is null', without: ['assessment_id', 'assessed_at', 'account_id'] },
  follow_up: { where: `state <> 'dropped'`, without: ['follow_up_id', 'assessment_id', 'created_at'] },
  verification: { where: `state <> 'dropped'`, without: ['verification_id', 'assessment_id', 'created_at'] },
  diagnosis: {
    where: 'superseded_at is null',
    without: ['diagnosis_id', 'assessment_id', 'diagnosed_at', 'account_id'],
  },
  register_household: { where: 'true', without: ['changed_at'] },
}
// Who acted, what runs, what only counts up, and what to compare the next time.
const apart =
  /^(audit_|session|job_run|schema_migration|match_(person_fresh|key|undo)|household_serial|number_claim|assessed_rules|assessment_turn|rule_)/

/** Every row of every table, as it is; those of `in_force` by what holds. */
export const everything = (world: World): Promise<Tables> =>
  transact(world.registry, { ...SYSTEM, role: 'auditor' }, allRows)

async function allRows(tx: Tx): Promise<Tables> {
  const { rows: tables } = await sql<{ name: string }>`select tablename::text as name from pg_tables
    where schemaname = 'doorstep' order by 1`.execute(tx)
  return tableRows(
    tx,
    tables.filter(({ name }) => !apart.test(name)).map(({ name }): Asked => ({ name, ...in_force[name] })),
  )
}

/** Rows that may be added to, whole: what stood once must stand for ever. */
export async function history(world: World): Promise<Record<string, string[]>> {
  const keys = [
    ['link', 'link_id'],
    ['match_answer', 'answer_id'],
    ['assessment', 'assessment_id'],
    ['diagnosis', 'diagnosis_id'],
    ['verification', 'verification_id'],
    ['follow_up', 'follow_up_id'],
  ] as const
  const each = keys.map(
    ([name, key]) => sql`select ${name}::text as name, ${sql.ref(key)}::text as id from ${sql.table(name)}`,
  )
  const { rows } = await sql<{ name: string; id: string }>`${sql.join(each, sql` union all `)}`.execute(
    world.registry.app,
  )
  return Object.fromEntries(keys.map(([name]) => [name, rows.filter((row) => row.name === name).map((row) => row.id)]))
}

/** The steps by which people say who is who. */
export function deciding(world: World) {
  const questions = async (state: 'open' | 'waiting' = 'open') => {
    const client = await world.as('zhong.wei')
    return (await unwrap(client.api.match.reviews.$get({ query: { area_code: world.county_code, state } }))).items
  }

  const answer = async (login: string, review_id: string, decision: 'accepted' | 'open') => {
    const client = await world.as(login)
    return await unwrap(
      client.api.match.reviews[':review_id'].$post({
        param: { review_id },
        json: { decision, note: 'looked at both' },
      }),
    )
  }

  /** As many people as it takes say that the two are one. */
  const accept = async (review_id: string) => {
    let told = await answer('chen.lihua', review_id, 'accepted')
    if (told.awaiting) told = await answer('zhong.wei', review_id, 'accepted')
    if (told.awaiting) throw new Error(`nobody can decide ${review_id}`)
    return { kept: told.kept ?? '', gone: told.gone ?? '' }
  }

  /** As many people as it takes take the decision back. The problem's code where a later one rests on it. */
  const part = async (review_id: string): Promise<string> => {
    let awaiting = false
    const ask = async (login: string) => {
      awaiting = (await answer(login, review_id, 'open')).awaiting
    }
    const told = await codeOf(ask('zhong.wei'))
    // His word of an earlier try stands where a later decision kept the second person from agreeing.
    return awaiting || told === 'match_answer_given' ? await codeOf(ask('chen.lihua')) : told
  }

  return { questions, answer, accept, part }
}
