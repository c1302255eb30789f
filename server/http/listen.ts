import { readFileSync } from 'node:fs'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { giveBackWhenQuiet } from '#door/heavy/give-back.ts'
import type { Settings } from '#door/settings.ts'
import { securityHeaders } from './security-headers.ts'

export interface Listening {
  fetch(request: Request, env?: unknown): Response | Promise<Response>
  settings: Pick<Settings, 'port' | 'host' | 'public_url' | 'secure_cookies'>
  limits?: Partial<Limits>
}

export interface Limits {
  /** Connections at once, and of these from one address. */
  connections: number
  by_address: number
  /** How long a request's headers may take. */
  headers_ms: number
  /** A body or an answer of which less than `slow_bytes` passes in `slow_ms` is given up. */
  slow_ms: number
  slow_bytes: number
}

/**
 * Descriptors that this process may have open (after Node raised its own limit), halved: the other half is for the
 * registry's connections, files and workers. One address, a reverse proxy too, gets at most half of the connections.
 */
export function usualLimits(descriptors = descriptorLimit()): Limits {
  const connections = Math.max(16, Math.min(2000, Math.floor(descriptors / 2)))
  // A field line brings 50 bytes a second where it brings anything; a person's patience ends in the same half minute.
  return {
    connections,
    by_address: Math.ceil(connections / 2),
    headers_ms: 15_000,
    slow_ms: 30_000,
    slow_bytes: 1_500,
  }
}

function descriptorLimit(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024)
  } catch {
    // No Linux: what other systems give at least.
    return 1024
  }
}

/**
 * The HTTP server of the product. Every answer carries the security headers, those that never reach the app too;
 * connections and the time a client may take are limited, so that slow clients cannot use up what others need.
 */
export function listenHttp(given: Listening): Server {
  const limits = { ...usualLimits(), ...given.limits }
  const always = Object.entries(securityHeaders(given.settings))
  const answer = getRequestListener((request, env) => given.fetch(request, env), { hostname: given.settings.host })
  const server = createServer(
    { headersTimeout: limits.headers_ms, connectionsCheckingInterval: Math.min(5_000, limits.headers_ms) },
    (incoming, outgoing) => {
      for (const [name, value] of always) outgoing.setHeader(name, value)
      watchPace(incoming, outgoing, limits)
      void answer(incoming, outgoing)
    },
  )
  // A whole upload may take as long as it goes on: watchPace ends those that do not.
  server.requestTimeout = 0
  server.keepAliveTimeout = 10_000
  server.maxConnections = limits.connections
  limitByAddress(server, limits.by_address)
  server.once('close', giveBackWhenQuiet())
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy()
    const status =
      { HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large', ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout' }[
        error.code ?? ''
      ] ?? '400 Bad Request'
    const headers = [...always, ['connection', 'close'], ['content-length', '0']].map(
      ([name, value]) => `${name}: ${value}`,
    )
    return socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n`)
  })
  return server.listen(given.settings.port, given.settings.host)
}

function limitByAddress(server: Server, most: number): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const now = (open.get(address) ?? 0) + 1
    open.set(address, now)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
    if (now > most) socket.destroy()
  })
}

/**
 * Ends a request whose body does not come on, or whose answer nobody takes. One that waits for us is left alone: long
 * work may take its time.
 */
function watchPace(incoming: IncomingMessage, outgoing: ServerResponse, limits: Limits): void {
  const { socket } = incoming
  let before = { read: socket.bytesRead, written: socket.bytesWritten }
  const timer = setInterval(() => {
    const now = { read: socket.bytesRead, written: socket.bytesWritten }
    const body_stalls =
      !incoming.complete && incoming.readableLength === 0 && now.read - before.read < limits.slow_bytes
    const answer_stalls = outgoing.writableLength > 0 && now.written - before.written < limits.slow_bytes
    before = now
    if (!body_stalls && !answer_stalls) return
    clearInterval(timer)
    if (outgoing.headersSent) socket.destroy()
    else outgoing.writeHead(408, { connection: 'close' }).end(() => socket.destroySoon())
  }, limits.slow_ms)
  timer.unref()
  outgoing.once('close', () => clearInterval(timer))
}
