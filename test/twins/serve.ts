// One of the servers of `npm run check:twins`: the whole app over a registry that its parent has made. The parent sets
// its clock; everything else is as in the product.
import { serve } from '@hono/node-server'
import { openRegistry } from '#registry/open.ts'
import { makeApp } from '#server/app.ts'
import { readPack, worldSettings } from '../world.ts'

const [database_url = '', secret_key = '', data_dir = ''] = process.argv.slice(2)
const registry = await openRegistry({ database_url, secret_key, data_dir, migrate: false, pool_size: 8 })
let clock = '2014-05-01T08:00:00.000Z'
const app = makeApp({ registry, settings: worldSettings(data_dir), pack: await readPack(), clock: () => clock })
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.({ port }))
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'clock' in message) {
    clock = String(message.clock)
    process.send?.({ set: clock })
  }
})
process.on('disconnect', () => {
  server.close()
  void registry.close().then(() => process.exit(0))
})
