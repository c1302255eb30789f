import type { MiddlewareHandler } from 'hono'
import type { DoorEnv } from '../context.ts'
import { problem } from '../problems.ts'

export const sessionCookie = 'doorstep_session'

/**
 * Cross-site requests cannot set a header of ours without asking first, so a cookie alone never suffices to change
 * anything: unsafe methods that carry the session cookie must carry `x-doorstep` too
 * (OWASP CSRF Prevention Cheat Sheet, "custom request headers"). Keys and bearer tokens are not sent by browsers
 * of themselves and need no such proof.
 */
export const guardSameSite: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const safe = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)
  const by_cookie = (c.req.header('cookie') ?? '').includes(`${sessionCookie}=`) && !c.req.header('authorization')
  if (!safe && by_cookie && !c.req.header('x-doorstep')) throw problem('cross_site_request')
  await next()
}
