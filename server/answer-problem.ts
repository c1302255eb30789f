import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { DoorEnv } from '#door/context.ts'
import { catalogue, Problem, problemDocument, type ProblemCode } from '#door/problems.ts'

/** PostgreSQL and system errors that a person can act upon. */
function known(error: unknown): ProblemCode | undefined {
  const code = (error as { code?: unknown }).code
  // 53100 disk_full; 57P01..03 server going down or starting; 08xxx connection (PostgreSQL appendix A).
  if (code === '53100' || code === 'ENOSPC') return 'registry_disk_full'
  if (typeof code === 'string' && (/^(57P0[123]|08...)$/.test(code) || code === 'ECONNREFUSED'))
    return 'registry_unreachable'
  // 23505 unique_violation: what may stand once stands already, written by whoever was quicker.
  if (code === '23505') return 'already_done'
  // 40001 serialization_failure, 40P01 deadlock_detected: of two writers one was sent back.
  if (code === '40001' || code === '40P01') return 'registry_busy'
  if (typeof code === 'string' && code in catalogue) return code as ProblemCode
  return undefined
}

/** Every error leaves as application/problem+json; what was not foreseen is logged with its request number. */
export function answerProblem(error: Error, c: Context<DoorEnv>): Response {
  const language = c.var.language ?? 'en'
  let code: ProblemCode = 'internal_error'
  let extras: Record<string, unknown> = { request_id: c.var.request_id }
  if (error instanceof Problem) {
    code = error.code
    extras = error.extras
  } else if (error instanceof HTTPException && error.status === 400) {
    // Hono's own: a body that is not the JSON it claims to be.
    code = 'request_invalid'
    extras = { detail: error.message }
  } else {
    code = known(error) ?? 'internal_error'
    if (code === 'internal_error') console.error(`[${c.var.request_id}] ${c.req.method} ${c.req.path}`, error)
  }
  const document = problemDocument(code, extras, language, c.req.path)
  const response = c.json(document, catalogue[code].status)
  response.headers.set('content-type', 'application/problem+json')
  if (code === 'registry_unreachable' || code === 'not_ready') response.headers.set('retry-after', '5')
  if (code === 'registry_busy') response.headers.set('retry-after', '1')
  return response
}
