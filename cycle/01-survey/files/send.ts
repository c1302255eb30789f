import { createHash } from 'node:crypto'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Outcome, Reception } from '../receive/accept.ts'
import type { Part } from '../receive/multipart.ts'
import { quarantineItem } from '../quarantine/codes.ts'
import { openBytes, sealBytes } from '../receive/seal.ts'
import { insertQuarantine } from '../quarantine/store.ts'
import { insertFiles, placeOfSubmission, readFile } from './store.ts'

const column = 'submission_file.bytes'

/**
 * Keep the files that came with a submission: beside it, or in quarantine where it lies there itself. A file of a name
 * that is taken by other bytes is kept too, under a name with its own hash.
 */
export async function keepFiles(tx: Tx, reception: Reception, outcome: Outcome, parts: readonly Part[]): Promise<void> {
  if (parts.length === 0) return
  if (outcome.state === 'quarantined') {
    const rows = parts.map((part) =>
      quarantineItem(reception, {
        bytes: part.bytes,
        source: 'device',
        content_type: part.content_type,
        code: 'survey_file_waiting',
        message: `The file ${part.file_name} waits for its submission.`,
        about: { of: outcome.quarantine_id, file_name: part.file_name },
      }),
    )
    return await insertQuarantine(tx, rows)
  }
  const place = await placeOfSubmission(tx, outcome.instance_id)
  if (!place) throw new Error(`submission ${outcome.instance_id} is not to be seen by who sent it`)
  const rows = parts.map((part) => ({
    ...place,
    instance_id: outcome.instance_id,
    file_name: part.file_name,
    content_type: part.content_type,
    sha256: createHash('sha256').update(part.bytes).digest('hex'),
    bytes_sealed: sealBytes(reception.keys, column, part.bytes),
    size: part.bytes.length,
    received_at: reception.now,
  }))
  await insertFiles(tx, rows)
}

/** A file as it came; null where there is none of that name. */
export async function openFile(tx: ReadTx, keys: Reception['keys'], instance_id: string, file_name: string) {
  const found = await readFile(tx, instance_id, file_name)
  if (!found) return null
  return { ...found, bytes: openBytes(keys, column, found.bytes_sealed) }
}
