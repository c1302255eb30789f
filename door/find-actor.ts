import { getCookie } from 'hono/cookie'
import type { MiddlewareHandler } from 'hono'
import type { DoorEnv } from './context.ts'
import { sessionCookie } from './same-site.ts'
import { failedSecret } from './sign-in.ts'
import { actorOfToken, publicActor } from './sessions.ts'

/** Who asks: by bearer token (command line, jobs, tests) or session cookie (browser); else the public. */
export const findActor: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const bearer = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  const token = bearer ?? getCookie(c, sessionCookie)
  const actor = token ? await actorOfToken(c.var.registry, token) : null
  // A cookie outlives its session and says nothing; a bearer token that opens nothing is a try.
  if (bearer && !actor) await failedSecret(c, 'token')
  c.set('actor', actor ?? { ...publicActor })
  await next()
}
