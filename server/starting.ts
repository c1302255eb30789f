import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { problemDocument } from '#door/problems.ts'
import { wordsIn, type Way } from './demo/steps.ts'
import type { Answers } from './http/static.ts'

/** How the start goes, for whoever asks meanwhile. */
export interface Starting {
  state: 'starting' | 'failed'
  /** In English, for the terminal and for a failure. */
  message: string
  /** Whether a world of the demo is lived at this start. */
  making: boolean
  way(): Way
}

const file = (name: string) => readFileSync(fileURLToPath(new URL(`starting/${name}`, import.meta.url)), 'utf8')

/** What answers until the product stands: a page that tells how far it is, and 503 with the same on everything else. */
export function waiting(starting: Starting): Answers {
  const app = new Hono()
  const [page, style, script] = [file('page.html'), file('page.css'), file('page.js')]
  app.use(async (c, next) => {
    await next()
    c.res.headers.set('cache-control', 'no-store')
  })
  const language = (header: string | undefined) => (/^zh\b/i.test(header ?? '') ? 'zh' : 'en')
  app.get('/starting/page.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/starting/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/starting/words.json', (c) => c.json({ en: wordsIn('en'), zh: wordsIn('zh') }))
  app.get('/api/health', (c) => {
    const { state, making } = starting
    const way = starting.way()
    const words = wordsIn(language(c.req.header('accept-language')))
    const message = state === 'failed' ? starting.message : words.steps[way.step]
    return c.json({ state, message, making, ...way, done: Math.round(way.share * 100), total: 100 }, 503)
  })
  app.all('/api/*', (c) => {
    const document = problemDocument(
      'not_ready',
      { detail: starting.message },
      language(c.req.header('accept-language')),
      c.req.path,
    )
    return c.json(document, 503, { 'content-type': 'application/problem+json', 'retry-after': '2' })
  })
  app.get('*', (c) => c.html(page, 200))
  app.all('*', (c) => c.text('Doorstep is starting.\n', 503, { 'retry-after': '2' }))
  return app
}
