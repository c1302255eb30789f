import { type Kysely, sql } from 'kysely'
import { type AuditEvent, GENESIS, eventHash, headSeal } from './audit.ts'
import type { Registry } from '../open.ts'
import type { Tables } from '../tables.ts'

export interface AuditProblem {
  county_code: string
  /** The event where the chain no longer holds; null for the head. */
  sequence: number | null
  code:
    | 'audit_changed'
    | 'audit_gap'
    | 'audit_relinked'
    | 'audit_tail_cut'
    | 'audit_head_forged'
    | 'audit_head_missing'
    | 'audit_anchor_lost'
  detail: string
}

/** The last link of a county's chain, to be kept outside the database. */
export interface AuditAnchor {
  county_code: string
  sequence: number
  hash: string
}

export interface AuditReport {
  events: number
  counties: number
  problems: AuditProblem[]
}

/** The heads as they stand: publish or store them elsewhere, and hand them to `verifyAudit` later. */
export async function auditAnchors(registry: Registry): Promise<AuditAnchor[]> {
  return await registry.owner
    .selectFrom('audit_head')
    .select(['county_code', 'sequence', 'hash'])
    .orderBy('county_code')
    .execute()
}

/**
 * Follows every chain (or one county's) from its first event to its head and finds any change, gap, reorder or cut
 * tail. The head's seal needs the key outside the database, so who can write to the database but lacks the key cannot
 * rebuild a chain either. Putting a whole older database back is only seen with `anchors` from a later time.
 */
export async function verifyAudit(
  registry: Registry,
  county_code?: string,
  anchors: AuditAnchor[] = [],
): Promise<AuditReport> {
  return await registry.owner
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const report: AuditReport = { events: 0, counties: 0, problems: [] }
      for (const county of await counties(tx, county_code, anchors)) {
        const expected = anchors.filter((anchor) => anchor.county_code === county)
        report.events += await verifyCounty(tx, registry, county, expected, report.problems)
        report.counties += 1
      }
      return report
    })
}

async function counties(
  tx: Kysely<Tables>,
  county_code: string | undefined,
  anchors: AuditAnchor[],
): Promise<string[]> {
  if (county_code !== undefined) return [county_code]
  // Not the heads alone: a chain whose head was deleted must be found too.
  const { rows } = await sql<{ county_code: string }>`select county_code from audit_head
    union select distinct county_code from audit_event`.execute(tx)
  return [...new Set([...rows.map((row) => row.county_code), ...anchors.map((anchor) => anchor.county_code)])].sort()
}

// Rows at a time: a few MB, whatever the length of the chain.
const PAGE = 5000

async function verifyCounty(
  tx: Kysely<Tables>,
  registry: Registry,
  county_code: string,
  anchors: AuditAnchor[],
  problems: AuditProblem[],
): Promise<number> {
  const tell = (code: AuditProblem['code'], sequence: number | null, detail: string): void => {
    problems.push({ county_code, sequence, code, detail })
  }
  const anchored = new Map(anchors.map((anchor) => [anchor.sequence, anchor.hash]))
  let events = 0
  let last = { sequence: 0, hash: GENESIS }
  for (;;) {
    const page = await tx
      .selectFrom('audit_event')
      .selectAll()
      .where('county_code', '=', county_code)
      .where('sequence', '>', last.sequence)
      .orderBy('sequence')
      .limit(PAGE)
      .execute()
    for (const event of page) {
      const next = last.sequence + 1
      if (event.sequence !== next) {
        tell('audit_gap', event.sequence, `events ${next} to ${event.sequence - 1} are missing`)
      } else if (event.previous_hash !== last.hash) {
        tell('audit_relinked', event.sequence, 'it does not continue from the event before it')
      }
      if (eventHash(event.previous_hash, event as AuditEvent) !== event.hash) {
        tell('audit_changed', event.sequence, 'its content is not what was recorded')
      }
      const anchor = anchored.get(event.sequence)
      if (anchor !== undefined && anchor !== event.hash) {
        tell('audit_anchor_lost', event.sequence, 'it differs from the anchor kept outside')
      }
      last = { sequence: event.sequence, hash: event.hash }
      events += 1
    }
    if (page.length < PAGE) break
  }
  const head = await tx.selectFrom('audit_head').selectAll().where('county_code', '=', county_code).executeTakeFirst()
  if (!head) {
    if (events > 0) tell('audit_head_missing', null, 'the chain has no head')
  } else {
    if (head.sequence > last.sequence) {
      tell('audit_tail_cut', last.sequence + 1, `events ${last.sequence + 1} to ${head.sequence} are missing`)
    } else if (head.sequence < last.sequence || head.hash !== last.hash) {
      tell('audit_head_forged', null, 'the head is not the last event')
    }
    if (headSeal(registry.keys, county_code, head.sequence, head.hash) !== head.seal) {
      tell('audit_head_forged', null, 'the seal of the head was not made with the key of this registry')
    }
  }
  for (const anchor of anchors) {
    if (anchor.sequence > last.sequence) {
      tell('audit_anchor_lost', anchor.sequence, 'the chain ends before the anchor kept outside')
    }
  }
  return events
}
