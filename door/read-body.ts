import type { MiddlewareHandler } from 'hono'
import type { DoorEnv } from './context.ts'
import { problem } from './problems.ts'

/** Bytes of a JSON body: from nobody in particular (a sign-in has 100), and from who is signed in (500 household cards have 4 MB). */
const most_bytes = { unknown: 64_000, known: 12_000_000 }
/** The deepest body that any route takes has 9 levels: a rule draft with its examples. */
const most_levels = 60

const json = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

/**
 * Reads a JSON body before the route begins, so that a slow line holds no connection to the registry, and refuses what no
 * field can take: bytes that are no UTF-8 or no JSON, the zero character and lone surrogates (PostgreSQL stores neither),
 * bodies too large or too deep. Other kinds of body (files, XML of devices) are read by their routes.
 */
export const readBody: MiddlewareHandler<DoorEnv> = async (c, next) => {
  if (/%00/.test(c.req.url)) throw refused('The address holds a zero character.')
  const { method, raw } = c.req
  if (method !== 'GET' && method !== 'HEAD' && raw.body && json.test(c.req.header('content-type') ?? '')) {
    const most = c.var.actor.account_id === null ? most_bytes.unknown : most_bytes.known
    const text = await textOf(raw.body, most)
    checkJson(text)
    // Where c.req.json() and the routes' validators look first.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  }
  await next()
}

const refused = (detail: string, path = '') =>
  problem('request_invalid', { detail, errors: [{ path, message: detail }] })

async function textOf(body: ReadableStream<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let received = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw refused('The body ends too early.')
    })
    if (done) break
    received += value.length
    if (received > most) {
      void reader.cancel().catch(() => {})
      throw problem('body_too_large', { detail: `More than ${most} bytes of JSON.` })
    }
    chunks.push(value)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw refused('The body is not UTF-8.')
  }
}

function checkJson(text: string): void {
  if (levelsOf(text) > most_levels) throw refused(`The body nests more than ${most_levels} levels deep.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refused(`The body is not JSON: ${(error as Error).message}.`)
  }
  // Only where one of them was written, as itself or as an escape, are the texts looked through.
  if (/\0|\\u0000/.test(text) || /\\u[dD][89a-fA-F]/.test(text)) checkTexts(value, '')
}

/** How deep brackets nest, counted without recursion: what follows recurses. Those inside texts are left out. */
function levelsOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (sign === 0x22) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22; at += 1) if (text.charCodeAt(at) === 0x5c) at += 1
    } else if (sign === 0x5b || sign === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (sign === 0x5d || sign === 0x7d) depth -= 1
  }
  return deepest
}

function checkTexts(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw refused('Text cannot hold the zero character.', path)
    if (!value.isWellFormed()) throw refused('Text holds half of a character (a lone surrogate).', path)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkTexts(key, path)
      checkTexts(inner, path === '' ? key : `${path}.${key}`)
    }
  }
}
