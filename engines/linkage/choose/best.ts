import { readColumns } from '../session/session.ts'
import type { Session } from '../session/session.ts'

/** The best weight of each record and the next best (equal, if two pairs share it). -1e9 stands for none. */
function ranking(size: number) {
  const [first, second] = [new Float64Array(size).fill(-1e9), new Float64Array(size).fill(-1e9)]
  return {
    first,
    second,
    add(id: number, weight: number) {
      if (weight > first[id]!) {
        second[id] = first[id]!
        first[id] = weight
      } else if (weight > second[id]!) second[id] = weight
    },
  }
}

/**
 * lk_<into>: pairs of lk_<from> that are the best of both their records, with `margin`, the lead in bits over the next
 * best of either. A margin of 0 is a tie: all its pairs are kept, for a person to look at, and none is chosen.
 * `dedupe`: both records are of one list, in which each has one best, on whichever side of a pair it stands.
 * Two passes over the pairs with 16 bytes of memory per record of each side, read as they come, in place of four sorted windows.
 */
export async function mutualBest(session: Session, from: string, into: string, dedupe = false): Promise<void> {
  const source = `select rowid::integer, l, r, weight from lk_${from}`
  await session.fill(`${into}_rows`, source, { row: 'int', margin: 'double' }, async (writer) => {
    const [sizes] = await readColumns(session.connection, `select unnest([max(l), max(r)])::double from lk_${from}`)
    const [lefts, rights] = sizes!.map((size) => Number(size ?? -1) + 1) as [number, number]
    const left = ranking(dedupe ? Math.max(lefts, rights) : lefts)
    const right = dedupe ? left : ranking(rights)
    await session.eachInts(`select l, r, weight from lk_${from}`, ([l, r, weight], rows) => {
      for (let i = 0; i < rows; i++) {
        left.add(l![i]!, weight![i]!)
        right.add(r![i]!, weight![i]!)
      }
    })
    const kept: [rows: Int32Array, margins: Float64Array][] = []
    await session.eachInts(source, ([row, l, r, weight], rows) => {
      const [places, margins] = [new Int32Array(rows), new Float64Array(rows)]
      let n = 0
      for (let i = 0; i < rows; i++) {
        const [a, b, w] = [l![i]!, r![i]!, weight![i]!]
        if (w !== left.first[a] || w !== right.first[b]) continue
        places[n] = row![i]!
        margins[n++] = Math.min(w - left.second[a]!, w - right.second[b]!)
      }
      if (n > 0) kept.push([places.subarray(0, n), margins.subarray(0, n)])
    })
    for (const [places, margins] of kept) writer.write([places, margins])
  })
  await session.step(into, `select p.*, b.margin from lk_${from} p join lk_${into}_rows b on b.row = p.rowid`)
  await session.drop(`${into}_rows`)
}
