// /api/docs: the API's document made browsable, from files of our own origin (nothing is fetched from elsewhere).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Hono } from 'hono'

const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const files: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Doorstep API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/open.js"></script></body></html>`

const open = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  // Requests tried from the page prove that they come from this site (door/sign-in/same-site.ts).
  requestInterceptor: (request) => { request.headers['x-doorstep'] = '1'; return request },
})`

/** Mount at /api/docs. */
export const apiDocs = new Hono()
  .get('/', (c) => c.html(page))
  .get('/open.js', (c) => c.body(open, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  .get('/:file', (c, next) => {
    const type = files[c.req.param('file')]
    if (!type) return next()
    return c.body(readFileSync(join(folder, c.req.param('file'))), 200, {
      'content-type': type,
      'cache-control': 'public, max-age=86400',
    })
  })
