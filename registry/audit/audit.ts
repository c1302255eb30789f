import { createHash, createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { actedAt } from './acting.ts'
import { type Keys, preparedKey } from '../secrets/secrets.ts'
import type { JsonValue } from '../tables.ts'
import { contextOf, type Tx } from '../transaction.ts'

/** The chain of what concerns no county: packs, settings, accounts of the nation. */
export const NATION = 'nation'

/** What happened. Who did it is taken from the transaction. `detail` is any JSON; never a personal number in clear. */
export interface AuditEntry {
  county_code: string
  action: string
  subject_kind: string
  subject_id: string
  household_id?: string | null
  detail?: { [key: string]: unknown }
}

export interface AuditEvent {
  county_code: string
  sequence: number
  /** When it was written down, by this machine's clock. */
  recorded_at: string
  /** When it was done, where that is another time; absent or null: `recorded_at` is both. */
  acted_at?: string | null
  account_id: string | null
  role: string
  action: string
  subject_kind: string
  subject_id: string
  household_id: string | null
  detail: JsonValue
}

/** The hash before the first event of a chain. */
export const GENESIS = '0'.repeat(64)

/** JSON with sorted keys and no spaces: the same value always gives the same text. */
export function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
    return `{${fields.join(',')}}`
  }
  return JSON.stringify(value)
}

/** SHA-256 (hexadecimal) over the previous hash and the event's canonical JSON. */
export function eventHash(previous_hash: string, event: AuditEvent): string {
  // Named one by one, so that a column added to a row read back cannot change the hash.
  const {
    county_code,
    sequence,
    recorded_at,
    account_id,
    role,
    action,
    subject_kind,
    subject_id,
    household_id,
    detail,
  } = event
  const content = {
    county_code,
    sequence,
    recorded_at,
    account_id,
    role,
    action,
    subject_kind,
    subject_id,
    household_id,
    detail,
    // Events from before carry none, and hash as they did.
    ...(event.acted_at ? { acted_at: event.acted_at } : {}),
  }
  return createHash('sha256')
    .update(`${previous_hash}\n${canonical(content)}`)
    .digest('hex')
}

/** HMAC (hexadecimal) of a chain's head, with the key outside the database. */
export function headSeal(keys: Keys, county_code: string, sequence: number, hash: string): string {
  return createHmac('sha256', preparedKey(keys.derive('audit-seal')))
    .update(`${county_code}\n${sequence}\n${hash}`)
    .digest('hex')
}

/** The digest of rows, until it is written: keyed then, so that nobody can guess rows and compare. */
export class RowsDigest {
  readonly sha256: string
  constructor(sha256: string) {
    this.sha256 = sha256
  }
}

/**
 * Rows in their order: the digest a bulk event carries instead of one event for each row. What is stored is an HMAC of
 * it with the registry's key: who has rows and key can check it, and who only reads the log learns nothing of the rows.
 */
export function auditDigest(rows: Iterable<JsonValue>): RowsDigest {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(`${canonical(row)}\n`)
  return new RowsDigest(hash.digest('hex'))
}

/** As the event stores it (HMAC-SHA256, hexadecimal). */
export const keyedDigest = (keys: Keys, digest: RowsDigest): string =>
  createHmac('sha256', keys.derive('audit-digest')).update(digest.sha256).digest('hex')

/** Adds one event to its county's chain, in the transaction of what it tells of. Call it last: it locks the chain. */
export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  await auditMany(tx, [entry])
}

// PostgreSQL takes 65,535 parameters; one JSON array of 2,000 events is a single one of about 1 MB.
const CHUNK = 2000

/** Adds many events, in order, with one lock and one head update for each county. */
export async function auditMany(tx: Tx, entries: AuditEntry[]): Promise<void> {
  const by_county = Map.groupBy(entries, (entry) => entry.county_code)
  // Counties in a fixed order: two bulk writers cannot wait for one another.
  for (const county_code of [...by_county.keys()].sort())
    await extend(tx, county_code, by_county.get(county_code) ?? [])
}

async function extend(tx: Tx, county_code: string, entries: AuditEntry[]): Promise<void> {
  const { actor, registry } = contextOf(tx)
  // Makes the head or locks it: the same row either way, so chains never fork.
  const head = await tx
    .insertInto('audit_head')
    .values({ county_code, sequence: 0, hash: GENESIS, seal: '' })
    .onConflict((conflict) =>
      conflict.column('county_code').doUpdateSet((row) => ({ sequence: row.ref('audit_head.sequence') })),
    )
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  const recorded_at = new Date().toISOString()
  const acted_at = actedAt(recorded_at)
  let { sequence, hash } = head
  for (let start = 0; start < entries.length; start += CHUNK) {
    const rows = entries.slice(start, start + CHUNK).map((entry) => {
      sequence += 1
      const event: AuditEvent = {
        county_code,
        sequence,
        recorded_at,
        acted_at,
        account_id: actor.account_id,
        role: actor.role,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_id: entry.subject_id,
        household_id: entry.household_id ?? null,
        detail: storable(registry.keys, entry.detail ?? {}),
      }
      const previous_hash = hash
      hash = eventHash(previous_hash, event)
      return { ...event, previous_hash, hash }
    })
    await sql`insert into audit_event (county_code, sequence, recorded_at, acted_at, account_id, role, action, subject_kind,
        subject_id, household_id, detail, previous_hash, hash)
      select ${county_code}, e.sequence, e.recorded_at, e.acted_at, e.account_id, e.role, e.action, e.subject_kind,
        e.subject_id, e.household_id, e.detail, e.previous_hash, e.hash
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (sequence bigint, recorded_at timestamptz(3),
        acted_at timestamptz(3), account_id text, role text, action text, subject_kind text, subject_id text, household_id text, detail jsonb,
        previous_hash text, hash text)`.execute(tx)
  }
  const seal = headSeal(registry.keys, county_code, sequence, hash)
  await tx.updateTable('audit_head').set({ sequence, hash, seal }).where('county_code', '=', county_code).execute()
}

const clean = (text: string): string => text.replaceAll('\u0000', '\uFFFD').toWellFormed()

/** As PostgreSQL's jsonb will give it back: no undefined, no NUL, no half surrogate. */
function storable(keys: Keys, detail: { [key: string]: unknown }): JsonValue {
  const text = JSON.stringify(detail, (_key, value: unknown) =>
    value instanceof RowsDigest ? keyedDigest(keys, value) : value,
  )
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'string') return clean(value)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), item]))
  }) as JsonValue
}
