import { hc } from 'hono/client'
import type { ClientResponse } from 'hono/client'
import type { ClientErrorStatusCode, ServerErrorStatusCode } from 'hono/utils/http-status'
import type { App } from '#server/app.ts'
import type { KeptRequest } from './held/held.ts'

/** A problem as the server said it (RFC 9457), or `offline` when no answer came. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  status: number
  code: string
  title: string
  detail: string | null
  action: string | null
  kept: string | null
  /** Where: field paths, row numbers. */
  errors: Array<{ path: string; message: string; row?: number; got?: unknown }>

  constructor(status: number, document: Record<string, unknown>) {
    const text = (key: string) => (typeof document[key] === 'string' ? document[key] : null)
    super(text('title') ?? `HTTP ${status}`)
    this.status = status
    this.code = text('code') ?? `http_${status}`
    this.title = this.message
    this.detail = text('detail')
    this.action = text('action')
    this.kept = text('kept')
    this.errors = Array.isArray(document['errors']) ? (document['errors'] as ProblemError['errors']) : []
  }
}

type Send = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>

// The session is a cookie; the header proves that the request comes from our own page (door/sign-in/same-site.ts).
const send: Send = async (input, init) => {
  const headers = new Headers(init?.headers)
  headers.set('x-doorstep', '1')
  headers.set('accept-language', document.documentElement.lang)
  try {
    return await fetch(input, { ...init, headers, credentials: 'same-origin' })
  } catch {
    throw new ProblemError(0, { code: 'offline', title: offline_title() })
  }
}

const offline_title = () =>
  document.documentElement.lang.startsWith('zh') ? '没有连上服务器' : 'The server did not answer'

/** The typed client: `api.api.areas[':area_code'].$get({ param: { area_code } })`. Give its promise to `call`. */
export const api = hc<App>(globalThis.location?.origin ?? 'http://127.0.0.1', { fetch: send })

/** The same client, which sends nothing: what a call of it would send, as data (held.ts keeps it for a minute). */
export async function asRequest(build: (client: typeof api) => Promise<unknown>): Promise<KeptRequest> {
  let kept: KeptRequest | null = null
  const record: Send = async (input, init) => {
    const { pathname, search } = new URL(
      String(input instanceof Request ? input.url : input),
      globalThis.location.origin,
    )
    kept = { method: init?.method ?? 'GET', path: pathname + search, body: (init?.body as string | undefined) ?? null }
    return Response.json({})
  }
  await build(hc<App>(globalThis.location.origin, { fetch: record }))
  if (kept === null) throw new Error('Nothing would be sent')
  return kept
}

/** Sends a request that was kept; throws ProblemError. */
export async function sendKept(kept: KeptRequest): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  return jsonOf(
    await send(kept.path, { method: kept.method, headers, ...(kept.body === null ? {} : { body: kept.body }) }),
  )
}

type Failure = ClientErrorStatusCode | ServerErrorStatusCode

/** The JSON of a route's successful answers. */
export type Answer<R> = R extends ClientResponse<infer T, infer S, string> ? (S extends Failure ? never : T) : never

/** Waits for an answer of `api` and gives its JSON; throws ProblemError when the server said no. */
export async function call<R extends ClientResponse<unknown, number, string>>(answer: Promise<R>): Promise<Answer<R>> {
  return (await jsonOf(await answer)) as Answer<R>
}

/** A path that is not in the typed app (health, files): the JSON of a GET, or ProblemError. */
export async function fetchJson<T>(path: string): Promise<T> {
  return (await jsonOf(await send(path))) as T
}

/** Sends a file or form as it is and gives the JSON answer, or ProblemError. */
export async function upload<T>(path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<T> {
  return (await jsonOf(await send(path, { method: 'POST', body, headers }))) as T
}

async function jsonOf(response: Pick<Response, 'ok' | 'status' | 'json'>): Promise<unknown> {
  if (response.ok) return response.status === 204 ? null : response.json()
  const document: unknown = await response.json().catch(() => ({}))
  throw new ProblemError(response.status, (document ?? {}) as Record<string, unknown>)
}
