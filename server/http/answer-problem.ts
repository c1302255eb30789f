import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { DoorEnv } from '#door/context.ts'
import { catalogue, Problem, problemDocument, type ProblemCode } from '#door/problems.ts'

/**
 * PostgreSQL's and the system's errors that a person can act upon, and those that only what was sent can bring about
 * (PostgreSQL appendix A). Rooms say the common ones themselves, in words of their own; this is the last net.
 */
const by_code: [codes: RegExp, code: ProblemCode, detail?: string][] = [
  [/^(?:53100|ENOSPC)$/, 'registry_disk_full'],
  // 57P01..03 server going down or starting; 08xxx connection; 53300 too many connections.
  [/^(?:57P0[123]|08...|53300|ECONNREFUSED)$/, 'registry_unreachable'],
  [/^57014$/, 'took_too_long'],
  // unique_violation: what may stand once stands already, written by whoever was quicker.
  [/^23505$/, 'already_done'],
  [/^23503$/, 'request_invalid', 'It names something that is not there.'],
  [/^23...$/, 'request_invalid', 'A value is not allowed where it was sent.'],
  [/^22003$/, 'request_invalid', 'A number is out of range.'],
  [/^2200[78]$/, 'request_invalid', 'A date or time is out of range.'],
  [/^22021$/, 'request_invalid', 'Text holds a character that cannot be stored.'],
  [/^22...$/, 'request_invalid', 'A value cannot be read.'],
  // 54000 program limit exceeded: a text too long for an index.
  [/^54000$/, 'request_invalid', 'A text is too long.'],
  // Row-level security refuses a row outside the actor's areas.
  [/^42501$/, 'not_permitted'],
  // serialization_failure, deadlock_detected: of two writers one was sent back.
  [/^40(?:001|P01)$/, 'registry_busy'],
]

function known(error: unknown): { code: ProblemCode; detail?: string } | undefined {
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') return undefined
  const found = by_code.find(([codes]) => codes.test(code))
  if (found) return { code: found[1], ...(found[2] ? { detail: found[2] } : {}) }
  return code in catalogue ? { code: code as ProblemCode } : undefined
}

/** Every error leaves as application/problem+json; what was not foreseen is logged with its request number. */
export function answerProblem(error: Error, c: Context<DoorEnv>): Response {
  const language = c.var.language ?? 'en'
  let code: ProblemCode = 'internal_error'
  let extras: Record<string, unknown> = { request_id: c.var.request_id }
  if (error instanceof Problem) {
    code = error.code
    extras = error.extras
  } else if (error instanceof HTTPException && error.status < 500) {
    // Hono's own: a body that is not what it claims to be, or of a kind that the route does not take.
    code = error.status === 415 ? 'body_of_other_kind' : 'request_invalid'
    extras = { detail: error.message }
  } else {
    const found = known(error)
    code = found?.code ?? 'internal_error'
    if (found) extras = { ...extras, ...(found.detail ? { detail: found.detail } : {}) }
    if (code === 'internal_error') console.error(`[${c.var.request_id}] ${c.req.method} ${c.req.path}`, error)
  }
  const document = problemDocument(code, extras, language, c.req.path)
  const response = c.json(document, catalogue[code].status)
  response.headers.set('content-type', 'application/problem+json')
  if (code === 'registry_unreachable' || code === 'not_ready') response.headers.set('retry-after', '5')
  if (code === 'registry_busy') response.headers.set('retry-after', '1')
  return response
}
