import zlib from 'node:zlib'
import { Hono } from 'hono'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { compressed, encodingFor } from './compress.ts'

const long = JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ household_id: `h${n}`, poor: n % 3 === 0 })))

const app = new Hono()
  .use(compressed)
  .get('/json', (c) => c.json(JSON.parse(long)))
  .get('/short', (c) => c.json({ poor: true }))
  .get('/photo', (c) => c.body(new Uint8Array(5000), 200, { 'content-type': 'image/jpeg' }))
  .get('/events', (c) => c.body(long, 200, { 'content-type': 'text/event-stream' }))
  .get('/file', (c) => {
    // As a file is served: in pieces, with the length it has on disk.
    const pieces = Array.from({ length: 4 }, (_, n) => new TextEncoder().encode(`const n${n} = ${n}\n`.repeat(500)))
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift()
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
    })
    const length = String(pieces.reduce((sum, piece) => sum + piece.length, 0))
    return c.body(body, 200, { 'content-type': 'text/javascript', 'content-length': length, vary: 'origin' })
  })
  .get('/slow', (c) => {
    const pieces = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let n = 0; n < 3; n += 1) {
          controller.enqueue(new TextEncoder().encode(`line ${n}\n`.repeat(300)))
          await sleep(200)
        }
        controller.close()
      },
    })
    return c.body(pieces, 200, { 'content-type': 'text/csv' })
  })

const ask = (path: string, accepts: string) => app.request(path, { headers: { 'accept-encoding': accepts } })

test('whole answers are compressed with a length, in the encoding the client takes', async () => {
  const br = await ask('/json', 'gzip, br')
  expect(br.headers.get('content-encoding')).toBe('br')
  const bytes = Buffer.from(await br.arrayBuffer())
  expect(br.headers.get('content-length')).toBe(String(bytes.length))
  expect(bytes.length).toBeLessThan(long.length / 5)
  expect(zlib.brotliDecompressSync(bytes).toString()).toBe(long)
  const gzip = await ask('/json', 'gzip')
  expect(zlib.gunzipSync(Buffer.from(await gzip.arrayBuffer())).toString()).toBe(long)
  const plain = await ask('/json', 'identity')
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, long])
  expect(plain.headers.get('vary')).toBe('accept-encoding')
})

test('a file served with its length on disk loses it where it is compressed, and keeps its other headers', async () => {
  const br = await ask('/file', 'br')
  const told = br.headers.get('content-length')
  const bytes = Buffer.from(await br.arrayBuffer())
  expect(told === null || Number(told) === bytes.length, `told ${told}, came ${bytes.length}`).toBe(true)
  expect(br.headers.get('vary')).toBe('origin, accept-encoding')
  const plain = await ask('/file', 'identity')
  expect(zlib.brotliDecompressSync(bytes).toString()).toBe(await plain.text())
})

test('short answers, photos and event streams go as they are', async () => {
  for (const path of ['/short', '/photo', '/events']) {
    expect((await ask(path, 'br, gzip')).headers.get('content-encoding'), path).toBeNull()
  }
})

test('a stream stays one: its first piece is there before its last is made, and all of it comes', async () => {
  for (const [accepts, unpack] of [
    ['br', zlib.brotliDecompressSync],
    ['gzip', zlib.gunzipSync],
  ] as const) {
    const began = performance.now()
    const answer = await ask('/slow', accepts)
    expect(answer.headers.get('content-encoding')).toBe(accepts)
    const reader = answer.body!.getReader()
    const pieces: Uint8Array[] = []
    let first = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      first ||= performance.now() - began
      pieces.push(value)
    }
    expect(first).toBeLessThan(performance.now() - began - 200)
    const lines = unpack(Buffer.concat(pieces)).toString().trim().split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([900, 'line 0', 'line 2'])
  }
})

test('an encoding with q=0 is not taken, * stands for any', () => {
  expect(encodingFor('br;q=0, gzip')).toBe('gzip')
  expect(encodingFor('*')).toBe('br')
  expect(encodingFor('identity, gzip;q=0')).toBeNull()
  expect(encodingFor(undefined)).toBeNull()
})
