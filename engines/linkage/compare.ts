import type { LinkageModel } from './model.ts'
import { multipliers } from './patterns.ts'
import { openWriter } from './session.ts'
import type { Session } from './session.ts'
import type { EncodedRecords } from './encode.ts'

/** A function from two record ids to their agreement pattern. */
export function patternKernel(model: LinkageModel, encoded: EncodedRecords): (l: number, r: number) => number {
  const by = multipliers(model)
  const parts = encoded.comparisons.map(({ comparer, prepared, codes }, i) => ({
    level: comparer.level,
    prepared,
    left: codes.left,
    right: codes.right,
    multiplier: by[i]!,
  }))
  return (l, r) => {
    let pattern = 0
    for (const part of parts) {
      const a = part.prepared[part.left[l]!]
      const b = part.prepared[part.right[r]!]
      if (a !== null && b !== null) pattern += (part.level(a, b) + 1) * part.multiplier
    }
    return pattern
  }
}

/** Reads (l, r) from lk_<from> and writes lk_<into>(l, r, pattern): the one step that compares values. */
export async function comparePairs(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  from: string,
  into: string,
) {
  const kernel = patternKernel(model, encoded)
  const writer = await openWriter(session, into, { l: 'int', r: 'int', pattern: 'int' })
  const result = await session.connection.run(`select l, r from lk_${from}`)
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const [l, r] = [chunk.getColumnValues(0) as number[], chunk.getColumnValues(1) as number[]]
    writer.write([l, r, l.map((id, i) => kernel(id, r[i]!))])
  }
  writer.close()
}
