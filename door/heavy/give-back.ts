// What large work left on the main thread's heap is given back when all is quiet: V8 itself would collect it only when
// the heap grows as far again, and keep the empty pages for a while after that.
import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// A whole collection stops the thread for some ten milliseconds: not for less than this.
const worth_megabytes = 64
const every_ms = 10_000
/** Share of the time in which the thread works, below which it is quiet. */
const quiet_share = 0.3

let left_last = 0

const megabytes = () => getHeapStatistics().total_heap_size / 2 ** 20

/** Collects everything and lets go of the pages, where the heap has grown since the last time. */
export function giveBack(): void {
  if (megabytes() - left_last < worth_megabytes) return
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  // Of all kinds this one alone returns empty pages to the system (V8 13: heap.cc, `kLastResort`).
  void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  left_last = megabytes()
}

/** Looks now and then whether the thread is quiet, and gives back then. The function returned ends it. */
export function giveBackWhenQuiet(): () => void {
  let before = performance.eventLoopUtilization()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    if (performance.eventLoopUtilization(now, before).utilization < quiet_share) giveBack()
    before = now
  }, every_ms)
  timer.unref()
  return () => clearInterval(timer)
}
