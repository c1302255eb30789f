import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Busboy } from '@fastify/busboy'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { problem } from '#door/problems.ts'

export interface Part {
  name: string
  file_name: string
  content_type: string
  bytes: Buffer
}

export interface Upload {
  files: Part[]
  fields: Record<string, string>
}

// Bytes of one request (announced to devices in X-OpenRosa-Accept-Content-Length), and how many parts it may have:
// ODK Collect itself splits what has more than 100 files.
const most_bytes = 100_000_000
const most_parts = 250

const limit = bodyLimit({
  maxSize: most_bytes,
  onError: () => {
    throw problem('body_too_large', { detail: `More than ${most_bytes} bytes.` })
  },
})

/**
 * For routes that take a file whole: larger bodies are refused as they stream in. A body that the door has read already
 * (JSON, within its own limit) is no upload: its stream cannot be read twice, and the route refuses it by its schema.
 */
export const limitUpload: MiddlewareHandler = (c, next) => (c.req.raw.bodyUsed ? next() : limit(c, next))

/**
 * Read a multipart body as it streams in. Parts without a file name are fields, but for `as_files`, which devices send
 * either way. Throws `body_too_large`, or `request_invalid` for a body that is cut off or no multipart at all.
 */
export async function readMultipart(request: Request, as_files: readonly string[] = []): Promise<Upload> {
  const content_type = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\b/i.test(content_type) || !request.body) {
    throw problem('request_invalid', { detail: 'The body must be multipart/form-data.' })
  }
  const upload: Upload = { files: [], fields: {} }
  let received = 0
  let too_large = false
  const parser = new Busboy({
    headers: { 'content-type': content_type },
    limits: { fileSize: most_bytes, fieldSize: most_bytes, parts: most_parts, fieldNameSize: 1000 },
    isPartAFile: (field, type, file_name) =>
      file_name !== undefined ||
      type === 'application/octet-stream' ||
      (field !== undefined && as_files.includes(field)),
  })
  const finished = new Promise<void>((resolve, reject) => {
    parser.on('file', (name, stream, file_name, _encoding, type) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => (too_large = true))
      stream.on('error', reject)
      stream.on('end', () =>
        upload.files.push({ name, file_name: file_name ?? name, content_type: type, bytes: Buffer.concat(chunks) }),
      )
    })
    parser.on('field', (name, value) => {
      upload.fields[name] = value
    })
    parser.on('partsLimit', () => (too_large = true))
    parser.on('finish', resolve)
    parser.on('error', reject)
  })
  const body = Readable.fromWeb(request.body as ReadableStream)
  body.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > most_bytes) too_large = true
    if (too_large) body.destroy(new Error('too large'))
  })
  body.on('error', (error) => parser.destroy(error))
  body.pipe(parser)
  try {
    await finished
  } catch (error) {
    if (!too_large)
      throw problem('request_invalid', { detail: `The body ends too early: ${(error as Error).message}.` })
  }
  if (too_large) throw problem('body_too_large', { detail: `More than ${most_bytes} bytes or ${most_parts} parts.` })
  return upload
}
