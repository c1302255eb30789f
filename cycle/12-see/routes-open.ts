import { createRoute, z } from '@hono/zod-openapi'
import { area } from '#door/area-rule.ts'
import { placeOf, type Place } from '#door/area.ts'
import { today } from '#door/day.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit.ts'
import { limit } from '#door/rate-limit.ts'
import { room } from '#door/room.ts'
import type { Registry } from '#registry/open.ts'
import { type Actor, SYSTEM, transactRead, type Tx } from '#registry/transaction.ts'
import {
  childCodeLength,
  csvLine,
  type Levels,
  no_counts,
  ratesOf,
  smallest_cell,
  told,
  toldTogether,
  total,
} from './see.ts'
import { byYear, causesByChild, childrenOf, countsByChild, nameOf } from './store.ts'
import { exports, export_kinds } from './store-export.ts'

const name = z.object({ en: z.string(), zh: z.string() })
const cell = z.number().nullable()

const takeOut = createRoute({
  method: 'get',
  path: '/api/see/export',
  // By hand: the answer is streamed page by page, each in a reading transaction of its own, so that no transaction
  // stays open for as long as a slow line takes.
  ...guarded('see.export', 'by hand', area.of('query.area_code')),
  request: {
    query: z.object({
      kind: z.enum(export_kinds),
      format: z.enum(['csv', 'json']).default('csv'),
      area_code: z.string(),
    }),
  },
  responses: {
    200: {
      content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.array(z.unknown()) } },
      description: 'A file of an area: UTF-8, with a byte order mark in CSV so that spreadsheets read Chinese',
    },
  },
})

const openArea = createRoute({
  method: 'get',
  path: '/api/open/areas/{area_code}',
  ...guarded('see.open', 'by hand', area.public),
  request: { params: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        area_code: z.string(),
        level: z.string(),
        name,
        suppressed_below: z.number(),
        households: cell,
        people: cell,
        registered: cell,
        helped: cell,
        exited: cell,
        incidence: cell,
        causes: z.array(z.object({ cause: z.string(), households: cell })),
        by_year: z.array(z.object({ year: z.number(), registered: cell, helped: cell, exited: cell })),
        children: z.array(
          z.object({ area_code: z.string(), name, households: cell, registered: cell, exited: cell, incidence: cell }),
        ),
      }),
      'Totals for everyone: no household, and no number small enough to point at one',
    ),
  },
})

const page_size = 2000

/** A reading transaction for statements written out in SQL, which the read-only type of Kysely cannot run. */
function reading<T>(registry: Registry, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transactRead(registry, actor, (tx) => work(tx as never))
}

export const openRoutes = room()
  .openapi(takeOut, async (c) => {
    const { kind, format, area_code } = c.req.valid('query')
    const { registry, actor } = c.var
    const place = await reading(registry, actor, (tx) => placeOf(tx, area_code))
    permit(actor, 'see.export', area_code)
    const chosen = exports[kind]
    const encoder = new TextEncoder()
    let after = ''
    let begun = false
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const rows = await reading(registry, actor, (tx) => chosen.page(tx, place, after, page_size))
        const last = rows.at(-1)
        const text = format === 'csv' ? csvPage(chosen.columns, rows, begun) : jsonPage(chosen.columns, rows, begun)
        begun = true
        if (last) {
          after = String(last[chosen.key])
          controller.enqueue(encoder.encode(text))
          return
        }
        controller.enqueue(encoder.encode(format === 'csv' ? text : `${text}]\n`))
        controller.close()
      },
    })
    const file = `doorstep-${kind}-${area_code}-${today(c)}.${format}`
    return c.body(stream, 200, {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'no-store',
    }) as never
  })
  .openapi(openArea, async (c) => {
    const { area_code } = c.req.valid('param')
    // Counting is the dearest thing the public may ask for.
    limit('open data', { tries: 120, seconds: 60 })
    // The public's own scope shows no row; the program counts in its stead, and totals alone leave this function.
    const answer = await reading(c.var.registry, SYSTEM, (tx) => openTotals(tx, c.var.pack.levels, area_code))
    c.header('cache-control', 'public, max-age=300')
    return c.json(answer, 200)
  })

async function openTotals(tx: Tx, levels: Levels, area_code: string) {
  const place = await placeOf(tx, area_code)
  const length = childCodeLength(levels, place.level)
  const rows = await countsByChild(tx, place, length)
  const by_child = new Map(rows.map((row) => [row.area_code, row]))
  const counts = total(rows)
  const named = await nameOf(tx, area_code)
  // A village's groups hold a few dozen households: nothing is told below the village.
  const below = place.level === 'village' || place.level === 'group' ? [] : await childrenOf(tx, place)
  const own = below.map((child) => by_child.get(child.area_code) ?? no_counts)
  const households = toldTogether(own.map((each) => each.households))
  const registered = toldTogether(own.map((each) => each.registered))
  const exited = toldTogether(own.map((each) => each.exited))
  return {
    area_code,
    level: place.level,
    name: named.name as { en: string; zh: string },
    suppressed_below: smallest_cell,
    households: told(counts.households),
    people: told(counts.households) === null ? null : counts.people,
    registered: told(counts.registered),
    helped: told(counts.helped),
    exited: told(counts.exited),
    incidence: incidenceTold(counts),
    causes: await openCauses(tx, place, length),
    by_year: (await byYear(tx, place)).map((year) => ({
      year: year.year,
      registered: told(year.registered),
      helped: told(year.helped),
      exited: told(year.exited),
    })),
    children: below.map((child, index) => ({
      area_code: child.area_code,
      name: child.name as { en: string; zh: string },
      households: households[index] ?? null,
      registered: registered[index] ?? null,
      exited: exited[index] ?? null,
      // With a count withheld, the share would tell it.
      incidence:
        households[index] === null || registered[index] === null || exited[index] === null
          ? null
          : incidenceTold(own[index] ?? no_counts),
    })),
  }
}

function incidenceTold(counts: typeof no_counts): number | null {
  return told(counts.households) === null || told(counts.poor_now) === null ? null : ratesOf(counts).incidence
}

async function openCauses(tx: Tx, place: Place, length: number) {
  const sums = new Map<string, number>()
  for (const row of await causesByChild(tx, place, length))
    sums.set(row.cause, (sums.get(row.cause) ?? 0) + row.households)
  const ordered = [...sums].sort((a, b) => b[1] - a[1])
  const shown = toldTogether(ordered.map(([, households]) => households))
  return ordered.map(([cause], index) => ({ cause, households: shown[index] ?? null }))
}

function csvPage(columns: readonly string[], rows: readonly Record<string, unknown>[], begun: boolean): string {
  const head = begun ? '' : `\uFEFF${csvLine(columns)}`
  return head + rows.map((row) => csvLine(columns.map((column) => row[column]))).join('')
}

function jsonPage(columns: readonly string[], rows: readonly Record<string, unknown>[], begun: boolean): string {
  const plain = rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]]))))
  return `${begun ? (plain.length ? ',' : '') : '['}${plain.join(',\n')}`
}
