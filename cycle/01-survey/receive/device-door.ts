// How field devices come in: with a key in the address, or with login and password (Basic), or with a session's token.
import type { MiddlewareHandler } from 'hono'
import type { Entered, DoorEnv } from '#door/context.ts'
import { scopeOf, type Actor } from '#door/permit/permit.ts'
import { Problem, problemDocument } from '#door/problems.ts'
import { mayRole, roles } from '#door/permit/roles.ts'
import { actorOfDeviceKey, publicActor, rolesOf } from '#door/sign-in/sessions.ts'
import { checkPassword, failedSecret } from '#door/sign-in/sign-in.ts'
import { apartOf } from '#door/permit/together.ts'
import { OPENROSA_HEADERS, openRosaResponse } from '#engines/xforms/write/openrosa.ts'

/** An OpenRosa answer: the message is what the person with the device reads. */
export function say(
  c: Entered,
  status: number,
  message: string,
  nature: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(openRosaResponse(message, nature), { status, headers: { ...OPENROSA_HEADERS, ...headers } })
}

/** What happened and what to do, in one line. */
export function sentence(c: Entered, error: Problem): string {
  const document = problemDocument(error.code, error.extras, c.var.language)
  return `${String(document['title'])}. ${String(document['action'])}`
}

/** Problems as OpenRosa answers. */
export function answerDevice(error: Error, c: Entered): Response {
  if (!(error instanceof Problem)) throw error
  const headers: Record<string, string> =
    error.status === 401 ? { 'WWW-Authenticate': 'Basic realm="Doorstep", charset="UTF-8"' } : {}
  return say(c, error.status, sentence(c, error), error.code, headers)
}

/** The key in the address decides who acts. A wrong one is 403, never 401: on 401 devices ask for a password. */
export const byKey: MiddlewareHandler<DoorEnv> = async (c, next) => {
  const actor = await actorOfDeviceKey(c.var.registry, c.req.param('key') ?? '')
  if (!actor) {
    await failedSecret(c, 'device')
    const text =
      c.var.language === 'zh' ? '此设备密钥无效或已停用。' : 'This device key is not known, or was withdrawn.'
    return say(c, 403, text, 'key_unknown')
  }
  c.set('actor', actor)
  return await next()
}

/** Login and password for clients that have no key; a session's token was read before (door/sign-in/find-actor.ts). */
export const byPassword: MiddlewareHandler<DoorEnv> = async (c, next) => {
  // A browser sends its cookie wherever a page points it; only a request that could not be forged may use it.
  if (!c.req.header('authorization') && !c.req.header('x-doorstep')) c.set('actor', { ...publicActor })
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  if (basic !== undefined) {
    const [login = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
    const account_id = await checkPassword(c, 'basic', login, rest.join(':'))
    const actor = await surveyorOf(c, account_id)
    if (actor) c.set('actor', actor)
  }
  await next()
}

/** The account in the first of its roles that may submit. */
async function surveyorOf(c: Entered, account_id: string): Promise<Actor | null> {
  const all = await rolesOf(c.var.registry, account_id)
  const apart = apartOf(all.map((each) => each.role))
  for (const held of all) {
    const role = roles.find((each) => each === held.role)
    if (!role || !mayRole(role, 'survey.submit')) continue
    return {
      account_id,
      name: null,
      role,
      area_code: held.area_code,
      scope: scopeOf(held.area_code, held.level),
      apart,
    }
  }
  return null
}
