// For the processes that the mutation run starts in its copy of the project; see run-tests.ts.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const files = (process.env['MUTATION_TESTS'] ?? '').split('\n').filter((path) => path !== '')

/** The tests in the order they were given: the nearest first. */
class GivenOrder extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (spec: TestSpecification) => files.findIndex((path) => spec.moduleId.endsWith(`/${path}`))
    return specs.toSorted((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    include: files,
    // Only what fell and why is asked for, and that comes by the runner's records.
    reporters: ['dot'],
    runner: join(import.meta.dirname, 'switching-runner.ts'),
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    isolate: false,
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    sequence: { sequencer: GivenOrder },
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
})
