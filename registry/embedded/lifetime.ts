import { errorMessage } from '../problem.ts'

/** Something that must be ended with this process: `stop` in good order, `atExit` in the last moment, synchronously. */
export interface Ending {
  stop(): Promise<void>
  atExit(): void
}

// Signals after which Node would end without a word to the server.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const endings = new Set<Ending>()

function onExit(): void {
  for (const ending of endings) ending.atExit()
}

function onSignal(signal: NodeJS.Signals): void {
  // A program with its own handler closes its registries itself; `exit` is the net below.
  if (process.listenerCount(signal) > 1) return
  void Promise.allSettled([...endings].map((ending) => ending.stop())).then(() => {
    listen(false)
    process.kill(process.pid, signal)
  })
}

function listen(on: boolean): void {
  const change = on ? process.on.bind(process) : process.off.bind(process)
  change('exit', onExit)
  for (const signal of SIGNALS) change(signal, onSignal)
}

/** Ends `ending` with the process, whether by signal or exit; the returned function takes it off again. */
export function endWithProcess(ending: Ending): () => void {
  if (endings.size === 0) listen(true)
  endings.add(ending)
  return () => {
    if (endings.delete(ending) && endings.size === 0) listen(false)
  }
}

/** Runs `check` every second until `end`; a failure is told and tried again: disks are freed and memory returns. */
export function everySecond(check: () => Promise<void>, log: (line: string) => void): { end(): Promise<void> } {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= check()
      .catch((error: unknown) => log(errorMessage(error)))
      .finally(() => (running = null))
  }, 1000)
  timer.unref()
  return {
    async end() {
      clearInterval(timer)
      await running
    },
  }
}
