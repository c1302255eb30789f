import { sweep, TEST_SERVER } from './testing.ts'

/**
 * Vitest's global setup: nothing before the tests; after them the databases of their processes are dropped from a server
 * that is not ours. Those on the embedded one go with its keeper.
 */
export default () => async (): Promise<void> => {
  if (TEST_SERVER) await sweep(new URL(TEST_SERVER))
}
