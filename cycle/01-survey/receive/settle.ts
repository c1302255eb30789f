// What lies in quarantine stops waiting when it is no longer needed: the same bytes came in later, or the submission
// that a correction names has come.
import { createHash } from 'node:crypto'
import { audit } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import type { Incoming, Outcome, Reception } from './accept.ts'
import { keepFiles } from '../files/send.ts'
import { openBytes } from './seal.ts'
import { closeQuarantine, waitingCorrections, waitingFiles, waitingItems } from '../quarantine/store.ts'

type Item = Awaited<ReturnType<typeof waitingItems>>[number]

/** Close an item whose bytes have come in, its files with it. */
async function settle(tx: Tx, reception: Reception, item: Item, outcome: Outcome): Promise<void> {
  const files = await waitingFiles(tx, item.county_code, item.quarantine_id)
  const parts = files.map((file) => {
    const file_name = (file.problem as { file_name?: string }).file_name ?? file.quarantine_id
    const bytes = openBytes(reception.keys, 'quarantine.bytes', file.bytes_sealed)
    return { name: file_name, file_name, content_type: file.content_type, bytes }
  })
  await keepFiles(tx, reception, outcome, parts)
  const ids = [item.quarantine_id, ...files.map((file) => file.quarantine_id)]
  const how = { resolved_at: reception.now, resolved_by: null, resolution: 'came_later' }
  await closeQuarantine(tx, item.county_code, ids, how)
  await audit(tx, {
    county_code: item.county_code,
    action: 'survey.resolve',
    subject_kind: 'quarantine',
    subject_id: item.quarantine_id,
    detail: { resolution: how.resolution, instance_id: 'instance_id' in outcome ? outcome.instance_id : null },
  })
}

const numberOf = (bytes: Uint8Array): string => `q-${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}`

/** After submissions were taken in: what waited for them, or for their bytes, waits no longer. `accept` takes one in. */
export async function settleWaiting(
  tx: Tx,
  reception: Reception,
  incoming: readonly Incoming[],
  outcomes: readonly Outcome[],
  accept: (incoming: Incoming) => Promise<Outcome>,
): Promise<void> {
  const taken = new Map<string, Outcome>()
  const ids: string[] = []
  outcomes.forEach((outcome, index) => {
    const item = incoming[index]
    if (outcome.state === 'quarantined' || !item) return
    taken.set(numberOf(item.xml), outcome)
    if (outcome.state === 'accepted') ids.push(outcome.instance_id)
  })
  for (const item of await waitingItems(tx, reception.home_county, [...taken.keys()])) {
    const outcome = taken.get(item.quarantine_id)
    if (outcome) await settle(tx, reception, item, outcome)
  }
  for (const item of await waitingCorrections(tx, reception.home_county, ids)) {
    const xml = openBytes(reception.keys, 'quarantine.bytes', item.bytes_sealed)
    const outcome = await accept({ xml, source: 'quarantine' })
    if (outcome.state !== 'quarantined') await settle(tx, reception, item, outcome)
  }
}
