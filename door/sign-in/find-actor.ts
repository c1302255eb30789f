import { getCookie } from 'hono/cookie'
import type { Context, MiddlewareHandler } from 'hono'
import type { DoorEnv } from '../context.ts'
import { sessionCookie } from './same-site.ts'
import { failedSecret } from './sign-in.ts'
import { actorOfToken, publicActor } from './sessions.ts'

/** The token a request came with: a bearer token, or the browser's cookie. */
export function tokenOf(c: Context): string | undefined {
  const bearer = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  return bearer ?? getCookie(c, sessionCookie)
}

/** Who asks: by bearer token (command line, jobs, tests) or session cookie (browser); else the public. */
export const findActor: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const token = tokenOf(c)
  const actor = token ? await actorOfToken(c.var.registry, token) : null
  // A cookie outlives its session and says nothing; a bearer token that opens nothing is a try.
  if (c.req.header('authorization')?.startsWith('Bearer ') && !actor) await failedSecret(c, 'token')
  c.set('actor', actor ?? { ...publicActor })
  await next()
}
