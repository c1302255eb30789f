import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { Context, MiddlewareHandler } from 'hono'

type Encoding = 'br' | 'gzip'

// Below this, headers and the packet's frame outweigh what is saved.
const least_bytes = 1024
// Brotli 5 and gzip 6 cost about the same on JSON; Brotli's answer is a sixth smaller.
const brotli = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }
const worth = /^(?:text\/(?!event-stream)|application\/(?:[\w.+-]*\+)?(?:json|xml)\b|image\/svg\+xml)/i

const whole: Record<Encoding, (bytes: Uint8Array) => Promise<Buffer>> = {
  br: (bytes) => promisify(zlib.brotliCompress)(bytes, brotli),
  gzip: promisify(zlib.gzip) as (bytes: Uint8Array) => Promise<Buffer>,
}

/** The encoding to use for an `accept-encoding` header; null where the client takes neither Brotli nor gzip. */
export function encodingFor(accepts: string | undefined): Encoding | null {
  const wanted = new Map<string, number>()
  for (const each of (accepts ?? '').toLowerCase().split(',')) {
    const [name = '', ...rest] = each.trim().split(/\s*;\s*/)
    const q = rest.map((part) => /^q=([\d.]+)$/.exec(part)?.[1]).find((found) => found !== undefined)
    wanted.set(name, q === undefined ? 1 : Number(q))
  }
  const takes = (name: Encoding) => (wanted.get(name) ?? wanted.get('*') ?? 0) > 0
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : null
}

/**
 * Compresses text answers that are not compressed yet. Whole answers are done in the thread pool and keep a length;
 * streams stay streams, each piece sent on as it comes. Event streams, ranges and other kinds of file go as they are.
 */
export const compressed: MiddlewareHandler = async (c, next) => {
  await next()
  const { res } = c
  const fits =
    res.body !== null && res.status !== 206 && c.req.method !== 'HEAD' && !res.headers.has('content-encoding')
  if (!fits || !worth.test(res.headers.get('content-type') ?? '')) return
  if (/\bno-transform\b/.test(res.headers.get('cache-control') ?? '')) return
  const length = res.headers.get('content-length')
  if (length !== null && Number(length) < least_bytes) return
  const encoding = encodingFor(c.req.header('accept-encoding'))
  const headers = new Headers(res.headers)
  headers.append('vary', 'accept-encoding')
  const told = { status: res.status, statusText: res.statusText }
  const { first, rest } = await beginning(res.body)
  if (!encoding || (rest === null && first.byteLength < least_bytes)) {
    replace(c, new Response(rest === null ? first : again(first, rest), { ...told, headers }))
    return
  }
  headers.set('content-encoding', encoding)
  headers.delete('content-length')
  if (rest === null) {
    const bytes = await whole[encoding](first)
    headers.set('content-length', String(bytes.byteLength))
    replace(c, new Response(new Uint8Array(bytes), { ...told, headers }))
  } else {
    replace(c, new Response(again(first, rest).pipeThrough(streaming(encoding)), { ...told, headers }))
  }
}

/** Hono writes the headers of the answer before over those of the new one, its old length too, unless it is taken away. */
function replace(c: Context, answer: Response): void {
  c.res = undefined
  c.res = answer
}

type Bytes = Uint8Array<ArrayBuffer>
type Piece = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>

interface Rest {
  reader: ReadableStreamDefaultReader<Uint8Array>
  /** Asked for already, and perhaps still on its way. */
  next: Promise<Piece>
}

/** The first piece of a body, and what follows it; null where the first was all, as in a body made of one string. */
async function beginning(body: ReadableStream<Uint8Array>): Promise<{ first: Bytes; rest: Rest | null }> {
  const reader = body.getReader()
  const { done, value } = await reader.read()
  if (done) return { first: new Uint8Array(), rest: null }
  const next = reader.read()
  // Who reads it afterwards meets the error there.
  next.catch(() => {})
  const soon = await Promise.race([next, new Promise<null>((resolve) => setImmediate(() => resolve(null)))])
  return { first: new Uint8Array(value), rest: soon?.done ? null : { reader, next } }
}

function again(first: Bytes, rest: Rest): ReadableStream<Bytes> {
  let next: Promise<Piece> = Promise.resolve({ done: false, value: first })
  let following: Promise<Piece> | null = rest.next
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await next
      if (done) return controller.close()
      controller.enqueue(new Uint8Array(value))
      next = following ?? rest.reader.read()
      following = null
    },
    cancel: (reason) => rest.reader.cancel(reason),
  })
}

function streaming(encoding: Encoding): TransformStream<Bytes, Bytes> {
  const { constants } = zlib
  const coder =
    encoding === 'br'
      ? zlib.createBrotliCompress({ ...brotli, flush: constants.BROTLI_OPERATION_FLUSH })
      : zlib.createGzip({ flush: constants.Z_SYNC_FLUSH })
  // `cancel` is of the Streams Standard since 2023 and in Node since 21; TypeScript's types do not know it yet.
  const transformer: Transformer<Bytes, Bytes> & { cancel(): void } = {
    start(controller) {
      coder.on('data', (piece: Buffer) => controller.enqueue(new Uint8Array(piece)))
      coder.on('error', (error) => controller.error(error))
    },
    transform: (piece) =>
      new Promise<void>((resolve, reject) => coder.write(piece, (error) => (error ? reject(error) : resolve()))),
    flush: () =>
      new Promise<void>((resolve) => {
        coder.once('end', resolve)
        coder.end()
      }),
    cancel: () => void coder.destroy(),
  }
  return new TransformStream(transformer)
}
