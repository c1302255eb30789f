import { defineConfig } from 'vitest/config'

// One worker: one browser and one server share two cores.
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.e2e.ts'],
    maxWorkers: 1,
    // As in vitest.config.ts: it ends what hangs for ever, on however busy a machine.
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
  },
})
