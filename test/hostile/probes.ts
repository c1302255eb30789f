// In a thread of its own, so that what the attacker makes does not delay it: asks for the sign of life every 20 ms.
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

export interface Probe {
  /** Milliseconds until the answer. */
  took: number
  ok: boolean
  /** How late a timer was afterwards: this machine's own delay. */
  late: number
}

const { base } = workerData as { base: string }
for (;;) {
  const asked = performance.now()
  const ok = await fetch(`${base}/api/health`, { signal: AbortSignal.timeout(120_000) })
    .then(async (answer) => {
      await answer.text()
      return answer.ok
    })
    .catch(() => false)
  const took = performance.now() - asked
  const slept = performance.now()
  await sleep(20)
  parentPort?.postMessage({ took, ok, late: performance.now() - slept - 20 } satisfies Probe)
}
