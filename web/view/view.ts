import { z } from 'zod'

/** A search string as the URL holds it: plain text, so that `area=360781107` stays a code and reads as one. */
export type RawSearch = Record<string, string | string[]>

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** What every screen shares: where (`area`), as it was when (`as_on`), and what one looks for (`q`). */
export const sharedView = z.object({
  area: z
    .string()
    .regex(/^[A-Za-z0-9]{1,20}$/)
    .optional(),
  as_on: z.string().regex(DAY).optional(),
  q: z.string().max(200).optional(),
})

export type SharedView = z.infer<typeof sharedView>

/** Keys that go along from screen to screen. */
export const CARRIED = ['area', 'as_on'] as const

/** `?a=1&b=2&b=3` to `{ a: '1', b: ['2', '3'] }`. */
export function readSearch(search: string): RawSearch {
  const raw: RawSearch = {}
  for (const [key, value] of new URLSearchParams(search)) {
    const before = raw[key]
    raw[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return raw
}

/** The other way round; undefined, null, false and empty are left out, so that a plain view has a plain address. */
export function writeSearch(view: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(view)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === undefined || item === null || item === '' || item === false) continue
      params.append(key, String(item))
    }
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/**
 * Reads a view out of a raw search. What does not fit the schema is dropped key by key: an address typed wrong or made
 * by an older version shows the screen without that filter rather than an error.
 */
export function parseView<T extends z.ZodObject>(schema: T, raw: RawSearch): z.infer<T> {
  let left: Record<string, unknown> = { ...raw }
  for (let attempt = 0; attempt < 20; attempt++) {
    const result = schema.safeParse(left)
    if (result.success) return result.data
    const bad = new Set(result.error.issues.map((issue) => String(issue.path[0])))
    const kept = Object.fromEntries(Object.entries(left).filter(([key]) => !bad.has(key)))
    if (Object.keys(kept).length === Object.keys(left).length) break
    left = kept
  }
  throw new Error('A view must be readable from an empty address: give each key .optional() or .default()')
}

/** An address inside the product with the place and date of the view it is followed from, unless it says its own. */
export function carryView(href: string, from: RawSearch): string {
  if (!href.startsWith('/') || href.startsWith('/api/')) return href
  const [before = '', hash] = href.split('#')
  const [path = '', search = ''] = before.split('?')
  const own = readSearch(search)
  const carried = Object.fromEntries(CARRIED.filter((key) => !(key in own) && from[key]).map((key) => [key, from[key]]))
  return `${path}${writeSearch({ ...carried, ...own })}${hash === undefined ? '' : `#${hash}`}`
}
