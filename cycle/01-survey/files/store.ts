import type { ReadTx, Tx } from '#registry/transaction.ts'

export interface FileRow {
  county_code: string
  instance_id: string
  file_name: string
  area_code: string
  content_type: string
  sha256: string
  bytes_sealed: Buffer
  size: number
  received_at: string
}

/** County and area of a submission, by its claim; null when it is not here or not within the actor's scope. */
export async function placeOfSubmission(tx: ReadTx, instance_id: string) {
  const claim = await tx
    .selectFrom('instance_claim')
    .select('county_code')
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  if (!claim) return null
  const found = await tx
    .selectFrom('submission')
    .select(['county_code', 'area_code'])
    .where('county_code', '=', claim.county_code)
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  return found ?? null
}

/** Keep files; one already there is left as it is, and other bytes of its name go beside it. */
export async function insertFiles(tx: Tx, rows: readonly FileRow[]): Promise<void> {
  for (const row of rows) {
    const there = await tx
      .insertInto('submission_file')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('sha256')
      .executeTakeFirst()
    if (there) continue
    const known = await tx
      .selectFrom('submission_file')
      .select('sha256')
      .where('county_code', '=', row.county_code)
      .where('instance_id', '=', row.instance_id)
      .where('file_name', '=', row.file_name)
      .executeTakeFirstOrThrow()
    if (known.sha256 === row.sha256) continue
    await tx
      .insertInto('submission_file')
      .values({ ...row, file_name: `${row.sha256.slice(0, 8)}-${row.file_name}` })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

export async function readFile(tx: ReadTx, instance_id: string, file_name: string) {
  const place = await placeOfSubmission(tx, instance_id)
  if (!place) return null
  const found = await tx
    .selectFrom('submission_file')
    .selectAll()
    .where('county_code', '=', place.county_code)
    .where('instance_id', '=', instance_id)
    .where('file_name', '=', file_name)
    .executeTakeFirst()
  return found ?? null
}
