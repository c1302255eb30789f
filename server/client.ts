import { hc } from 'hono/client'
import type { App } from './app.ts'

export type Client = ReturnType<typeof hc<App>>

/** A failed call, with the server's problem document as it came. */
export class CallFailed extends Error {
  override name = 'CallFailed'
  status: number
  problem: { code: string; title: string; action: string; detail?: string; [extra: string]: unknown }

  constructor(status: number, problem: CallFailed['problem']) {
    super(`${problem.code}: ${problem.title}${problem.detail ? ` (${problem.detail})` : ''}`)
    this.status = status
    this.problem = problem
  }
}

/**
 * The typed client of the one door. `fetch` may be the network's or an app's own `request` (in process, for the command
 * line's local mode, jobs and tests).
 */
export function makeClient(
  base: string,
  options: { token?: string; fetch?: (request: Request) => Response | Promise<Response>; wait?: boolean } = {},
): Client {
  const headers: Record<string, string> = { 'x-doorstep': '1' }
  if (options.token) headers.authorization = `Bearer ${options.token}`
  if (options.wait) headers.prefer = 'wait'
  const through = options.fetch
  return hc<App>(base, {
    headers,
    ...(through
      ? { fetch: async (input: RequestInfo | URL, init?: RequestInit) => through(new Request(input, init)) }
      : {}),
  })
}

type Answer<R> = R extends { json(): Promise<infer T> } ? T : never

/** The JSON of an answer, or CallFailed with the problem it carried. */
export async function unwrap<R extends { ok: boolean; status: number; json(): Promise<unknown> }>(
  call: Promise<R>,
): Promise<Answer<R>> {
  const response = await call
  if (response.ok) return (await response.json()) as Answer<R>
  const text = (await response.json().catch(() => null)) as CallFailed['problem'] | null
  throw new CallFailed(
    response.status,
    text ?? { code: 'internal_error', title: `The server answered ${response.status}`, action: 'Try again.' },
  )
}
