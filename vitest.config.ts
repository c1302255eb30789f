import { defineConfig } from 'vitest/config'

// Two workers: the machines the project is tested on have two cores, and one embedded registry serves them all.
export default defineConfig({
  test: {
    include: ['{bench,cycle,door,engines,packs,registry,server,synthetic,cli,test,ui,web}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'test/e2e/**', 'web/dist/**'],
    maxWorkers: 2,
    // One module graph for each worker: loading the app anew for each file took longer than its tests.
    isolate: false,
    // Not a measure of speed (that is bench/'s): it ends what hangs for ever, on however busy a machine.
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
  },
})
