import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type Env } from 'hono'

const dist = fileURLToPath(new URL('../web/dist', import.meta.url))

const unbuilt = `<!doctype html><meta charset="utf-8"><title>Doorstep</title>
<p>The pages are not built yet. Run <code>npm run build</code>, then reload.</p>`

/** The app with the browser's files around it: hashed assets cached for ever, every other path is the one page. */
export function servePages<E extends Env>(app: Hono<E>): Hono<E> {
  const outer = new Hono<E>()
  outer.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  outer.get('*', serveStatic({ root: dist, onNotFound: () => {} }))
  outer.get('*', async (c, next) => {
    const path = c.req.path
    const is_page = !/^\/(api|v1|assets)\b/.test(path) && !/\.\w+$/.test(path) && path !== '/submission'
    if (!is_page || /formList|submission|xformsManifest/.test(path)) return next()
    const index = `${dist}/index.html`
    return c.html(existsSync(index) ? await readFile(index, 'utf8') : unbuilt, 200, { 'cache-control': 'no-cache' })
  })
  outer.route('/', app)
  return outer
}
