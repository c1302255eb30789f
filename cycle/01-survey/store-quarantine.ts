import type { Tx } from '#registry/transaction.ts'
import type { QuarantineRow } from './quarantine.ts'

/** Keep items in quarantine; those whose bytes lie there already stay as they are. */
export async function insertQuarantine(tx: Tx, rows: readonly QuarantineRow[]): Promise<void> {
  if (rows.length === 0) return
  // Within one statement too the same bytes may come twice.
  const first = [...new Map(rows.toReversed().map((row) => [row.quarantine_id, row])).values()].toReversed()
  await tx
    .insertInto('quarantine')
    .values(
      first.map((row) => ({
        ...row,
        problem: JSON.stringify(row.problem),
        resolved_at: null,
        resolved_by: null,
        resolution: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
