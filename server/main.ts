// Listens first and reads the rest meanwhile: what stands here is what must answer at once.
import { fileURLToPath } from 'node:url'
import { Problem } from '#door/problems.ts'
import { readSettings } from '#door/settings.ts'
import { follow } from './demo/steps.ts'
import { listenHttp } from './http/listen.ts'
import { waiting, type Starting } from './starting.ts'
import { servePages, type Answers } from './http/static.ts'
import type { Product, Telling } from './standing.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Everything from the environment to a listening server; resolves once the product is ready. */
export async function serve(): Promise<void> {
  const settings = orExit(() => readSettings(process.env, root))
  const following = follow()
  const starting: Starting = { state: 'starting', message: '', making: false, way: following.way }
  let app: Answers = waiting(starting)
  const server = listenHttp({ fetch: (request, env) => app.fetch(request, env), settings })
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE'
        ? `Port ${settings.port} is taken by another program. Stop it, or choose another: PORT=3001 npm start`
        : error.message,
    )
    process.exit(1)
  })
  const address = `http://${settings.host === '0.0.0.0' ? 'localhost' : settings.host}:${settings.port}`
  console.log(`Doorstep is starting: ${address}`)
  let product: Product | undefined
  const stop = async (signal: string) => {
    console.log(`\n${signal}: closing`)
    server.close()
    await product?.close()
    process.exit(0)
  }
  process.once('SIGINT', () => void stop('SIGINT'))
  process.once('SIGTERM', () => void stop('SIGTERM'))
  const telling: Telling = {
    say(message, done = 0, total = 1) {
      following.hear(message, done, total)
      const [first = ''] = message.split(':')
      if (!starting.message.startsWith(first)) console.log(`  ${first}`)
      starting.message = message
    },
    making: () => (starting.making = true),
    show: (answers) => (app = answers ? servePages(answers) : waiting({ ...starting, making: false })),
  }
  try {
    telling.say('Opening the registry')
    const [{ prepareWeb }, { standUp }] = await Promise.all([import('./prepare.ts'), import('./standing.ts')])
    const pages = prepareWeb()
    // Awaited below; a failure meanwhile must not end the process unheard.
    pages.catch(() => {})
    product = await standUp(settings, telling)
    await pages
    telling.show(product.answers)
    console.log(`Doorstep is ready: ${address}`)
  } catch (error) {
    starting.state = 'failed'
    starting.message = error instanceof Error ? error.message : String(error)
    console.error(error)
    await product?.close()
    process.exit(1)
  }
}

function orExit<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    console.error(`${error.code}: ${error.extras.detail ?? error.message}`)
    process.exit(1)
  }
}
