import { defineConfig } from 'vitest/config'

// Three parts: what `npm test` runs (`product` and `pages`), and journeys, processes that are killed, and random histories
// that take longer (`*.long.test.ts`, `npm run test:long`). `.ci/run` runs all three.
const usual = ['**/node_modules/**', 'test/e2e/**', 'web/dist/**', 'engines/*/dist/**']
const long = '**/*.long.test.ts'
const folders = '{bench,cycle,door,engines,packs,registry,server,synthetic,cli,test}'

// Node runs TypeScript itself, as `npm start` does: starting takes half as long, the engines' tests too.
const experimental = { viteModuleRunner: false, nodeLoader: false }

export default defineConfig({
  test: {
    // Two workers: the machines the project is tested on have two cores, and one embedded registry serves them all.
    maxWorkers: 2,
    // One module graph for each worker: loading the app anew for each file took longer than its tests.
    isolate: false,
    globalSetup: 'registry/testing/after.ts',
    // Not a measure of speed (that is bench/'s): it ends what hangs for ever, on however busy a machine.
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'product', include: [`${folders}/**/*.test.ts`], exclude: [...usual, long], experimental },
      },
      {
        extends: true,
        test: { name: 'long', include: [`${folders}/${long}`], exclude: usual, experimental },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['{ui,web}/**/*.test.{ts,tsx}', 'cycle/*/pages/**/*.test.tsx', 'test/pages/**/*.test.tsx'],
          exclude: usual,
        },
      },
    ],
  },
})
