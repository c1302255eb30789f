import { randomBytes, randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import { sql } from 'kysely'
import { surveyRoutes } from '#cycle/01-survey/routes.ts'
import { matchRoutes } from '#cycle/02-match/routes.ts'
import { assessRoutes } from '#cycle/03-assess/routes.ts'
import { appraiseRoutes } from '#cycle/04-appraise/routes.ts'
import { registerRoutes } from '#cycle/05-register/routes.ts'
import { diagnoseRoutes } from '#cycle/06-diagnose/routes.ts'
import { prescribeRoutes } from '#cycle/07-prescribe/routes.ts'
import { deliverRoutes } from '#cycle/08-deliver/routes.ts'
import { monitorRoutes } from '#cycle/09-monitor/routes.ts'
import { exitRoutes } from '#cycle/10-exit/routes.ts'
import { evaluateRoutes } from '#cycle/11-evaluate/routes.ts'
import { seeRoutes } from '#cycle/12-see/routes.ts'
import type { DoorEnv } from '#door/context.ts'
import { guardSameSite } from '#door/sign-in/same-site.ts'
import { findActor } from '#door/sign-in/find-actor.ts'
import { problem } from '#door/problems.ts'
import { readBody } from '#door/read-body.ts'
import type { Settings } from '#door/settings.ts'
import type { Pack } from '#packs/load.ts'
import { actingAt } from '#registry/audit/acting.ts'
import { withLimits } from '#registry/limits.ts'
import type { Registry } from '#registry/open.ts'
import { answerProblem } from './http/answer-problem.ts'
import { apiDocs } from './api-docs.ts'
import { securityHeaders } from './http/security-headers.ts'
import { laterRooms } from './later-rooms.ts'
import { packInForce } from './pack-in-force.ts'
import { ownAccountRoutes } from './routes/account-own.ts'
import { townshipRoutes } from './routes/township.ts'
import type { Township } from './demo/township.ts'
import { accountRoutes } from './routes/accounts.ts'
import { areaRoutes } from './routes/areas.ts'
import { auditRoutes } from './routes/audit.ts'
import { demoRoutes } from './routes/demo.ts'
import { jobRoutes } from './routes/jobs.ts'
import { packRoutes } from './routes/pack.ts'
import { sessionRoutes } from './routes/session.ts'
import product from '../package.json' with { type: 'json' }

export interface Parts {
  registry: Registry
  settings: Settings
  /** The pack as its folder has it; published rules are laid over it. */
  pack: Pack
  /** The request's time; the demo's journey passes its own. Default: the system's clock. */
  clock?: () => string
  /** Seeds for lots; the demo's journey passes its own, so that every life of it is the same. Default: 16 random bytes. */
  lot?: () => string
  /** The whole township of the demo, where the data folder holds one. */
  township?: Township
}

const routes = new OpenAPIHono<DoorEnv>()
  .route('/', sessionRoutes)
  .route('/', demoRoutes)
  .route('/', areaRoutes)
  .route('/', packRoutes)
  .route('/', accountRoutes)
  .route('/', ownAccountRoutes)
  .route('/', auditRoutes)
  .route('/', jobRoutes)
  .route('/', surveyRoutes)
  .route('/', matchRoutes)
  .route('/', assessRoutes)
  .route('/', appraiseRoutes)
  .route('/', registerRoutes)
  .route('/', diagnoseRoutes)
  .route('/', prescribeRoutes)
  .route('/', deliverRoutes)
  .route('/', monitorRoutes)
  .route('/', exitRoutes)
  .route('/', evaluateRoutes)
  .route('/', seeRoutes)

/** The type the client is made from. */
export type App = typeof routes

/**
 * The one door: every request of browser, command line, field device, job and test passes through this app,
 * in process or over the network.
 */
export function makeApp(parts: Parts): OpenAPIHono<DoorEnv> {
  const app = new OpenAPIHono<DoorEnv>()
  const rules = packInForce(parts.registry, parts.pack)
  const clock = parts.clock ?? (() => new Date().toISOString())
  const lot = parts.lot ?? (() => randomBytes(16).toString('hex'))
  const always = Object.entries(securityHeaders(parts.settings))
  app.use(async (c, next) => {
    // Over the network listenHttp has set them already, on answers that never came here too; in process this is all.
    for (const [name, value] of always) c.header(name, value)
    await next()
  })
  app.use(async (c, next) => {
    c.set('registry', parts.registry)
    c.set('settings', parts.settings)
    c.set('later', laterRooms)
    c.set('now', clock())
    c.set('lot', lot)
    c.set('signal', c.req.raw.signal)
    c.set('request_id', /^[\w.:-]{1,64}$/.exec(c.req.header('x-request-id') ?? '')?.[0] ?? randomUUID())
    c.set('language', /^zh\b/i.test(c.req.header('accept-language') ?? '') ? 'zh' : 'en')
    c.header('x-request-id', c.var.request_id)
    c.set('pack', await rules.current())
    await withLimits({ statement_ms: parts.settings.statement_ms, signal: c.var.signal }, () =>
      actingAt(c.var.now, next),
    )
    if (c.var.rules_published) rules.lookAgain()
  })
  app.use('/api/*', guardSameSite)
  app.use('*', findActor)
  app.use('*', readBody)
  app.onError(answerProblem)
  app.notFound(() => {
    throw problem('not_found')
  })
  app.route('/', routes)
  if (parts.township) app.route('/', townshipRoutes(parts.township))
  app.get('/api/health', async (c) => {
    await sql`select 1`.execute(parts.registry.app)
    const township = parts.township?.tell()
    return c.json({
      state: 'ready',
      pack: parts.pack.id,
      demo: parts.settings.demo,
      ...(township ? { township: { state: township.state, ...township.way } } : {}),
    })
  })
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Doorstep',
      version: product.version,
      description: 'Finds every poor household, works out why, prescribes the right help, and proves that it worked.',
    },
  })
  app.route('/api/docs', apiDocs)
  return app
}
