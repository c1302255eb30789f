// What large work left on the main thread's heap is given back when all is quiet: V8 itself would collect it only when
// the heap grows as far again, and keep the empty pages for a while after that.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// A whole collection stops the thread for some ten milliseconds: not for less than this.
const worth_megabytes = 64

let smallest = Number.POSITIVE_INFINITY

const megabytes = () => getHeapStatistics().total_heap_size / 2 ** 20

/** To be called before large work begins: how large the heap is without it. */
export function beforeLarge(): void {
  smallest = Math.min(smallest, megabytes())
}

/** Collects everything and lets go of the pages, where the heap has grown since `beforeLarge`. */
export function giveBack(): void {
  if (megabytes() - smallest < worth_megabytes) return
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  // Of all kinds this one alone returns empty pages to the system (heap.cc, GCFlag::kLastResort).
  void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  smallest = megabytes()
}
