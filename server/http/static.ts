import { existsSync, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { compressed } from './compress.ts'

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url))

// As web/build/preload.ts writes it.
interface Preload {
  words: Record<string, string[]>
  home: string[]
}

/** The `Link` header of a page: what its script will ask for anyhow, in the reader's language. */
async function preloadLinks(path: string, languages: string | undefined): Promise<string | null> {
  const text = await readFile(`${dist}/preload.json`, 'utf8').catch(() => null)
  if (text === null) return null
  const { words, home } = JSON.parse(text) as Preload
  const language = (languages ?? '').slice(0, 2).toLowerCase()
  const files = [...(words[language] ?? words['en'] ?? []), ...(/^\/(?:see)?$/.test(path) ? home : [])]
  return files
    .map((file) =>
      file.endsWith('.css')
        ? `<${file}>; rel=preload; as=style; crossorigin`
        : `<${file}>; rel=modulepreload; crossorigin`,
    )
    .join(', ')
}

const unbuilt = `<!doctype html><meta charset="utf-8"><title>Doorstep</title>
<p>The pages are not built yet. Run <code>npm run build</code>, then reload.</p>`

/** Anything that answers requests: the app, or what stands in for it while it starts. */
export interface Answers {
  fetch(request: Request, env?: unknown): Response | Promise<Response>
}

/**
 * The app with the browser's files around it: hashed assets, compressed when they were built, are cached for ever; every
 * other path is the one page. Answers of the app are compressed as they leave.
 */
export function servePages(app: Answers): Answers {
  const outer = new Hono()
  outer.use(compressed)
  mkdirSync(dist, { recursive: true })
  outer.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  outer.get('*', async (c, next) => {
    const { path } = c.req
    const is_page = !/^\/(api|v1|assets)\b/.test(path) && !/\.\w+$/.test(path)
    if (!is_page || /^\/(formList|submission)$/i.test(path)) return next()
    const index = `${dist}/index.html`
    const links = await preloadLinks(path, c.req.header('accept-language'))
    return c.html(existsSync(index) ? await readFile(index, 'utf8') : unbuilt, 200, {
      'cache-control': 'no-cache',
      ...(links ? { link: links } : {}),
    })
  })
  outer.get('*', serveStatic({ root: dist, precompressed: true }))
  outer.all('*', (c) => app.fetch(c.req.raw, c.env))
  return outer
}
