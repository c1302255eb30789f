import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { type Answers, servePages } from './static.ts'
import { listenHttp, usualLimits, type Limits } from './listen.ts'

type Server = ReturnType<typeof listenHttp>
const open: Server[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function start(app: Answers, limits: Partial<Limits> = {}, public_url?: string): Promise<number> {
  const settings = { port: 0, host: '127.0.0.1', public_url, secure_cookies: false }
  const server = listenHttp({ fetch: (request, env) => app.fetch(request, env), settings, limits })
  open.push(server)
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

/** Sends bytes as they are and gathers what comes back until the other side ends, or for `wait_ms`. */
async function speak(port: number, text: string, wait_ms = 3000): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString('latin1')))
  socket.on('error', () => {})
  socket.write(text)
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(wait_ms)])
  return answer
}

const carried =
  /^content-security-policy: default-src 'self'.*^x-content-type-options: nosniff.*^x-frame-options: DENY/ims

test('answers that never reach the app carry the headers too', async () => {
  const app = new Hono()
    .get('/', (c) => c.text('here'))
    .get('/dies', () => {
      throw new Error('not caught')
    })
  const port = await start(app)
  for (const request of [
    'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET /lost HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET /dies HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n',
    'GET \\x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'nonsense\r\n\r\n',
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
  ]) {
    const answer = await speak(port, request)
    expect(answer, request.slice(0, 40)).toMatch(/^HTTP\/1\.1 \d{3}/)
    expect(answer, request.slice(0, 40)).toMatch(carried)
  }
})

test('pages, files, refusals and what stands in while the product starts carry them', async () => {
  const starting = new Hono().get('/api/health', (c) => c.json({ state: 'starting' }, 503))
  const port = await start(servePages(starting))
  for (const path of ['/', '/see', '/households/h1', '/icon.svg', '/assets/none.js', '/api/health', '/api/none']) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    await answer.arrayBuffer()
    expect(answer.headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
    expect(answer.headers.get('x-frame-options'), path).toBe('DENY')
    expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(answer.headers.get('referrer-policy'), path).toBe('same-origin')
  }
})

test('browsers are told to stay with https only where the product is met by https', async () => {
  const app = new Hono().get('/', (c) => c.text('here'))
  const plain = await fetch(`http://127.0.0.1:${await start(app)}/`)
  expect(plain.headers.get('strict-transport-security')).toBeNull()
  const secure = await fetch(`http://127.0.0.1:${await start(app, {}, 'https://register.example')}/`)
  expect(secure.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
})

test('a body that comes byte by byte is given up, one that comes on steadily is taken', async () => {
  const app = new Hono().post('/', async (c) => c.text(String((await c.req.text()).length)))
  const port = await start(app, { slow_ms: 300, slow_bytes: 20 })
  const slow = connect(port, '127.0.0.1')
  sockets.push(slow)
  let answer = ''
  slow.on('data', (bytes) => (answer += bytes.toString()))
  slow.on('error', () => {})
  slow.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n')
  const drip = setInterval(() => slow.write('x'), 50)
  await new Promise((resolve) => slow.once('close', resolve))
  clearInterval(drip)
  expect(answer).toMatch(/^HTTP\/1\.1 408/)

  const steady = connect(port, '127.0.0.1')
  sockets.push(steady)
  let taken = ''
  steady.on('data', (bytes) => (taken += bytes.toString()))
  steady.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n')
  for (let piece = 0; piece < 10; piece += 1) {
    steady.write('x'.repeat(100))
    await sleep(150)
  }
  await sleep(200)
  expect(taken).toMatch(/^HTTP\/1\.1 200[^]*\r\n1000$/)
})

test('headers that do not end are given up', async () => {
  const port = await start(new Hono(), { headers_ms: 300 })
  expect(await speak(port, 'GET / HTTP/1.1\r\nhost: a\r\nx-', 5000)).toMatch(/^HTTP\/1\.1 408/)
})

test('one address cannot take every connection; what it gives back can be taken again', async () => {
  const app = new Hono().get('/', (c) => c.text('here'))
  const port = await start(app, { connections: 20, by_address: 5 })
  const held = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'))
  sockets.push(...held)
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  const request = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
  expect(await speak(port, request)).toBe('')
  for (const socket of held) socket.destroy()
  await sleep(200)
  expect(await speak(port, request)).toMatch(/here/)
})

test('connections leave half of the descriptors to the registry and the files', () => {
  expect(usualLimits(128)).toMatchObject({ connections: 64, by_address: 32 })
  expect(usualLimits(1_000_000)).toMatchObject({ connections: 2000, by_address: 1000 })
})
