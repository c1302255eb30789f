import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

const dist = fileURLToPath(new URL('../web/dist', import.meta.url))

const unbuilt = `<!doctype html><meta charset="utf-8"><title>Doorstep</title>
<p>The pages are not built yet. Run <code>npm run build</code>, then reload.</p>`

/** Anything that answers requests: the app, or what stands in for it while it starts. */
export interface Answers {
  fetch(request: Request, env?: unknown): Response | Promise<Response>
}

/** The app with the browser's files around it: hashed assets cached for ever, every other path is the one page. */
export function servePages(app: Answers): Answers {
  const outer = new Hono()
  outer.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  outer.get('*', serveStatic({ root: dist }))
  outer.get('*', async (c, next) => {
    const path = c.req.path
    const is_page = !/^\/(api|v1|assets)\b/.test(path) && !/\.\w+$/.test(path)
    if (!is_page || /^\/(formList|submission)$/i.test(path)) return next()
    const index = `${dist}/index.html`
    return c.html(existsSync(index) ? await readFile(index, 'utf8') : unbuilt, 200, { 'cache-control': 'no-cache' })
  })
  outer.all('*', (c) => app.fetch(c.req.raw, c.env))
  return outer
}
