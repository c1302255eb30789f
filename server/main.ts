import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { problemDocument, Problem } from '#door/problems.ts'
import { keepTime } from '#door/sessions.ts'
import { readSettings } from '#door/settings.ts'
import { loadPack } from '#packs/load.ts'
import { openRegistry, type Registry } from '#registry/open.ts'
import { makeApp } from './app.ts'
import { listenHttp } from './http/listen.ts'
import { tellRules } from './pack-in-force.ts'
import { placePack } from './place-pack.ts'
import { prepareWeb } from './prepare.ts'
import { closeInterruptedJobs } from '#door/job-lease.ts'
import { demoClock, ensureDemo, restoreDemo } from './demo-world.ts'
import { servePages, type Answers } from './static.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

interface Progress {
  state: 'starting' | 'ready' | 'failed'
  message: string
  done: number
  total: number
}

/** Everything from the environment to a listening server; resolves once the product is ready. */
export async function serve(): Promise<void> {
  const settings = orExit(() => readSettings(process.env, root))
  const progress: Progress = { state: 'starting', message: 'Opening the registry', done: 0, total: 1 }
  let app: Answers = waiting(progress)
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
  let registry: Registry | undefined
  const stop = async (signal: string) => {
    console.log(`\n${signal}: closing`)
    server.close()
    await registry?.close()
    process.exit(0)
  }
  process.once('SIGINT', () => void stop('SIGINT'))
  process.once('SIGTERM', () => void stop('SIGTERM'))
  const say = (message: string, done = 0, total = 1) => {
    Object.assign(progress, { message, done, total })
    console.log(total > 1 ? `  ${message} (${done}/${total})` : `  ${message}`)
  }
  try {
    say('Building the pages, if they are not built yet')
    await prepareWeb()
    const { pack, problems } = await loadPack(settings.pack_dir)
    if (!pack) throw new Error(`The pack has faults: ${problems.map((each) => each.message).join('; ')}`)
    const restored = settings.demo && !settings.database_url ? await restoreDemo(settings, pack, say) : false
    registry = await openRegistry({
      data_dir: settings.data_dir,
      ...(settings.database_url ? { database_url: settings.database_url } : {}),
      ...(settings.secret_key ? { secret_key: settings.secret_key } : {}),
      log: (line) => console.log(`  ${line}`),
    })
    await closeInterruptedJobs(registry)
    await keepTime(registry)
    await placePack(registry, pack, say)
    await tellRules(registry, pack, say)
    if (settings.demo && !restored) await ensureDemo({ registry, settings, pack }, say)
    const clock = settings.demo ? await demoClock(registry) : null
    app = servePages(makeApp({ registry, settings, pack, ...(clock ? { clock } : {}) }))
    progress.state = 'ready'
    console.log(`Doorstep is ready: ${address}`)
  } catch (error) {
    progress.state = 'failed'
    progress.message = error instanceof Error ? error.message : String(error)
    console.error(error)
    await registry?.close()
    process.exit(1)
  }
}

/** What answers while the world is being prepared: the page's files, and 503 with progress on everything else. */
function waiting(progress: Progress) {
  const app = new Hono()
  app.get('/api/health', (c) => c.json(progress, 503))
  app.all('/api/*', (c) => {
    const language = /^zh\b/i.test(c.req.header('accept-language') ?? '') ? 'zh' : 'en'
    const document = problemDocument('not_ready', { detail: progress.message }, language, c.req.path)
    return c.json(document, 503, { 'content-type': 'application/problem+json', 'retry-after': '2' })
  })
  return servePages(app)
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
