// Long work on the thread that answers everybody: done in pieces, between which others are answered.
import { setImmediate as others } from 'node:timers/promises'

// A piece may take so long; whoever asks meanwhile waits for this and for no more.
const piece_ms = 10

/** Gives `work` each of `items`, as `items.map` does; every few milliseconds others have their turn. */
export async function mapInTurn<T, R>(items: Iterable<T>, work: (item: T, index: number) => R): Promise<R[]> {
  const results: R[] = []
  await eachInTurn(items, (item, index) => void results.push(work(item, index)))
  return results
}

/** As `mapInTurn`, for work that gives nothing back. */
export async function eachInTurn<T>(items: Iterable<T>, work: (item: T, index: number) => void): Promise<void> {
  let since = performance.now()
  let index = 0
  for (const item of items) {
    work(item, index)
    index += 1
    if (performance.now() - since < piece_ms) continue
    await others()
    since = performance.now()
  }
}
