import { double, int } from '../at.ts'
import { readColumns } from '../session/session.ts'
import type { Session } from '../session/session.ts'

/** The best weight of each record and the next best (equal, if two pairs share it). -1e9 stands for none. */
function ranking(size: number) {
  const [first, second] = [new Float64Array(size).fill(-1e9), new Float64Array(size).fill(-1e9)]
  return {
    add(id: number, weight: number) {
      const best = double(first, id)
      if (weight > best) {
        second[id] = best
        first[id] = weight
      } else if (weight > double(second, id)) second[id] = weight
    },
    isBest: (id: number, weight: number) => weight === double(first, id),
    next: (id: number) => double(second, id),
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
    const sizes = await readColumns(session.connection, `select max(l)::double, max(r)::double from lk_${from}`)
    const [lefts = 0, rights = 0] = sizes.map(([most]) => Number(most ?? -1) + 1)
    const left = ranking(dedupe ? Math.max(lefts, rights) : lefts)
    const right = dedupe ? left : ranking(rights)
    await session.eachChunk(`select l, r, weight from lk_${from}`, (chunk) => {
      const [l, r, weight] = [chunk.ints(0), chunk.ints(1), chunk.doubles(2)]
      for (let i = 0; i < chunk.rows; i++) {
        left.add(int(l, i), double(weight, i))
        right.add(int(r, i), double(weight, i))
      }
    })
    const kept: [rows: Int32Array, margins: Float64Array][] = []
    await session.eachChunk(source, (chunk) => {
      const [row, l, r, weight] = [chunk.ints(0), chunk.ints(1), chunk.ints(2), chunk.doubles(3)]
      const [places, margins] = [new Int32Array(chunk.rows), new Float64Array(chunk.rows)]
      let n = 0
      for (let i = 0; i < chunk.rows; i++) {
        const [a, b, w] = [int(l, i), int(r, i), double(weight, i)]
        if (!left.isBest(a, w) || !right.isBest(b, w)) continue
        places[n] = int(row, i)
        margins[n++] = Math.min(w - left.next(a), w - right.next(b))
      }
      if (n > 0) kept.push([places.subarray(0, n), margins.subarray(0, n)])
    })
    for (const [places, margins] of kept) writer.write([places, margins])
  })
  await session.step(into, `select p.*, b.margin from lk_${from} p join lk_${into}_rows b on b.row = p.rowid`)
  await session.drop(`${into}_rows`)
}
