// What stands of who is who and of all that rests on it, row by row: before a link, with it, and when it is taken back.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { refold } from '#cycle/02-match/store/refold.ts'
import { settleNumbers } from '#cycle/02-match/store/numbers.ts'
import { decrypt } from '#registry/secrets/secrets.ts'
import { SYSTEM, transact, type Tx } from '#registry/transaction.ts'
import { tableRows, type Asked, type Row, type TableRows } from '../records/table-rows.ts'
import { CallFailed, unwrap, type World } from '../world.ts'

export type { Row }
export type Dump = TableRows

/**
 * Histories, to which rows are added and never taken away: these alone are left out. `match_review` (questions put) and
 * all other tables are compared row by row; of `in_force` the rows that stand, without the names of rows and the hours
 * at which they were written.
 */
const histories = [
  'audit_event',
  'audit_head',
  'household_serial',
  'job_run',
  'match_person_fresh',
  'match_record_seen',
  'match_run',
  'match_undo',
  'number_claim',
  'schema_migration',
  'session',
  'assessed_rules',
  'assessment_turn',
]
const named = `(select household_id from link where withdrawn_at is null and left_kind = 'submission')`
const listed = `(select person_id from link where withdrawn_at is null and left_kind = 'member')`
const linked = `(select left_id from link where withdrawn_at is null and left_kind = 'submission')`
const in_force: Record<string, { where?: string; without: string[] }> = {
  // A number that was given once is never given again: its row stays, gone, when no card stands under it.
  household: { where: `household_id in ${named} or state = 'merged'`, without: ['changed_at'] },
  person: { where: `person_id in ${listed}`, without: ['changed_at', 'created_at'] },
  link: { where: 'withdrawn_at is null', without: ['link_id', 'linked_at', 'run_id', 'account_id'] },
  // A question about a card that is linked nowhere asks nobody anything.
  match_review: { where: `left_id in ${linked}`, without: ['decided_at', 'decided_by', 'decided_turn', 'note'] },
  match_answer: { where: 'withdrawn_at is null', without: ['answer_id', 'answered_at', 'account_id', 'note'] },
  assessment: { where: 'superseded_at is null', without: ['assessment_id', 'assessed_at', 'account_id'] },
  follow_up: { where: `state <> 'dropped'`, without: ['follow_up_id', 'assessment_id', 'created_at'] },
  verification: { where: `state <> 'dropped'`, without: ['verification_id', 'assessment_id', 'created_at'] },
  diagnosis: {
    where: 'superseded_at is null',
    without: ['diagnosis_id', 'assessment_id', 'diagnosed_at', 'account_id'],
  },
  diagnosis_now: {
    where: 'superseded_at is null',
    without: ['diagnosis_id', 'assessment_id', 'diagnosed_at', 'account_id'],
  },
  register_household: { without: ['changed_at'] },
  assessment_now: { where: 'superseded_at is null', without: ['assessment_id', 'assessed_at', 'account_id'] },
  verification_now: { where: `state <> 'dropped'`, without: ['verification_id', 'assessment_id', 'created_at'] },
}

export const dump = (world: World): Promise<Dump> =>
  transact(world.registry, { ...SYSTEM, role: 'auditor' }, (tx) => dumpIn(world, tx))

/** Every table of the registry, and every view that says what counts for whom. */
async function dumpIn(world: World, tx: Tx): Promise<Dump> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename::text as name from pg_tables where schemaname = 'doorstep'
    union all select viewname::text from pg_views where schemaname = 'doorstep' and viewname like '%\\_now'
    order by 1`.execute(tx)
  const asked = tables
    .filter(({ name }) => !histories.includes(name))
    .map(({ name }): Asked => ({ name, ...in_force[name] }))
  return tableRows(tx, asked, (name, row) => plain(world, name, row))
}

/** What a row says: a number as it is written, of links not which rows they stand in for. */
function plain(world: World, name: string, row: Row): Row {
  if (name === 'person') {
    const { national_id_sealed: sealed, ...rest } = row
    const written = typeof sealed === 'string' ? decrypt(world.registry.keys, 'person.national_id', sealed) : null
    return { ...rest, written }
  }
  if (name !== 'link') return row
  const { restores: _restores, replaces: _replaces, ...evidence } = row['evidence'] as Row
  return { ...row, evidence }
}

/** As `dump`, after every household and person has been set anew from the links: nothing else may be in it. */
export async function foldedAnew(world: World): Promise<Dump> {
  const { registry, pack, county_code } = world
  const kept = new Map<string, Dump>()
  const stop = new Error('rolled back')
  await transact(registry, { ...SYSTEM, role: 'auditor' }, async (tx) => {
    const ids = async (table: string, key: string) =>
      (await sql<{ id: string }>`select ${sql.ref(key)} as id from ${sql.table(table)}`.execute(tx)).rows.map(
        (r) => r.id,
      )
    const opening = { keys: registry.keys, scheme: pack.national_id, county_code, card_form: pack.card_form }
    const touched = {
      household_ids: await ids('household', 'household_id'),
      person_ids: await ids('person', 'person_id'),
    }
    const now = '2014-06-01T00:00:00.000Z'
    const done = await refold(tx, opening, touched, now)
    await settleNumbers(tx, { county_code, now }, done.claims, done.person_ids)
    kept.set('folded', await dumpIn(world, tx))
    throw stop
  }).catch((error: unknown) => {
    if (error !== stop) throw error
  })
  return kept.get('folded') ?? {}
}

/** Compares table by table, so that a difference names its table. */
export function same(after: Dump, before: Dump): void {
  expect(Object.keys(after)).toEqual(Object.keys(before))
  for (const name of Object.keys(before)) expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
}

/** The problem's code; `passed` where there is none. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'passed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )

/** What people do about links, by those who may. */
export function linking(world: World) {
  const officer = () => world.as('zhong.wei')

  const run = async () => {
    const client = await officer()
    return (await unwrap(client.api.match.run.$post({ json: { area_code: world.county_code } }))).result
  }

  const assess = async () => {
    const client = await officer()
    await unwrap(client.api.assess.run.$post({ json: { area_code: world.county_code } }))
  }

  const withdraw = async (link_id: string) =>
    unwrap((await officer()).api.match.links[':link_id'].withdraw.$post({ param: { link_id }, json: { reason: 'no' } }))

  const restore = async (link_id: string) =>
    unwrap((await officer()).api.match.links[':link_id'].restore.$post({ param: { link_id }, json: { reason: 'yes' } }))

  const answer = async (review_id: string, decision: 'accepted' | 'rejected' | 'open') => {
    for (const login of ['chen.lihua', 'zhong.wei']) {
      const client = await world.as(login)
      const json = { decision, note: 'looked' }
      const told = await unwrap(client.api.match.reviews[':review_id'].$post({ param: { review_id }, json }))
      if (!told.awaiting) return told
    }
    return undefined
  }

  const live = async (left_id: string): Promise<string> => {
    const { rows } = await sql<{ link_id: string }>`select link_id from link
    where left_id = ${left_id} and withdrawn_at is null`.execute(world.registry.app)
    return rows[0]?.link_id ?? ''
  }

  const list = async (records: [record_id: string, name: string, national_id: string][]) => {
    const client = await officer()
    await unwrap(
      client.api.survey.registers.$post({
        json: {
          register: 'vehicle',
          county_code: world.county_code,
          records: records.map(([record_id, name, national_id]) => ({
            record_id,
            name,
            national_id,
            value: 9_000_000,
            detail: null,
            since: null,
          })),
        },
      }),
    )
  }

  const newest = async (left_id: string): Promise<string> => {
    const { rows } = await sql<{ link_id: string }>`select link_id from link l where left_id = ${left_id}
    and withdrawn_at is not null and not exists (select 1 from link n where n.evidence ->> 'restores' = l.link_id)`.execute(
      world.registry.app,
    )
    return rows[0]?.link_id ?? ''
  }

  return { run, assess, withdraw, restore, answer, live, newest, list }
}
