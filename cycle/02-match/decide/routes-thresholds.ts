import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { holdArea } from '#door/hold.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit } from '#registry/audit/audit.ts'
import { transact, transactRead } from '#registry/transaction.ts'
import { agreement } from './answers.ts'
import { drawChecks } from './check.ts'
import { inCounty, seeCounty } from './decide.ts'
import { answersIn } from '../store/answers.ts'
import { labelPairs } from '../store/checks.ts'
import { labelledIn, lastRunAt, saveSetting, settingOf, settingsOf, universeOf } from '../store/settings.ts'
import { curveOf, FIRST_SETTING, thresholdsFor } from './thresholds.ts'

const interval = z.object({ estimate: z.number(), lower: z.number(), upper: z.number(), confidence: z.number() })
const setting = z.object({
  accept: z.number().min(-30).max(60).describe('Bits from which two households are one without asking'),
  review: z.number().min(-30).max(60).describe('Bits from which a person is asked'),
  second_share: z.number().min(0).max(1).describe('Share of the questions put to two reviewers'),
})

const show = createRoute({
  method: 'get',
  path: '/api/match/thresholds',
  ...guarded('match.read', 'by hand', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        county_code: z.string(),
        in_force: setting,
        waits_for_run: z.boolean().describe('Set since the last run: takes effect at the next'),
        first: setting,
        history: z.array(
          setting.extend({
            setting_id: z.string(),
            set_at: z.string(),
            why: z.string(),
            set_by: z.object({ en: z.string(), zh: z.string() }).nullable(),
          }),
        ),
        looked_at: z.object({ asked: z.number(), check: z.number() }),
        universe: z.object({ asked: z.number(), check: z.number() }),
        curve: z.array(
          z.object({
            threshold: z.number(),
            linked: z.number(),
            right: z.number(),
            precision: interval.nullable(),
            recall: interval.nullable(),
          }),
        ),
        agreement: z
          .object({ pairs: z.number(), agreed: z.number(), share: interval, kappa: z.number().nullable() })
          .nullable(),
      }),
      'What each acceptance threshold would have done to the pairs people decided on, with 95 % intervals',
    ),
  },
})

const set = createRoute({
  method: 'post',
  path: '/api/match/thresholds',
  ...guarded('match.set', 'write', area.of('json.area_code')),
  request: { body: takes(setting.extend({ area_code: z.string(), why: z.string().trim().min(5).max(2000) })) },
  responses: {
    200: answers(z.object({ setting_id: z.string() }), 'Set from now on; the next run of the county takes it'),
  },
})

const checks = createRoute({
  method: 'post',
  path: '/api/match/checks',
  ...guarded('match.review', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), links: z.number().int().min(1).max(500) })) },
  responses: {
    200: answers(z.object({ opened: z.number() }), 'Automatic links drawn by chance and put before a person'),
  },
})

const labels = createRoute({
  method: 'get',
  path: '/api/match/labels',
  ...guarded('match.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      of: z.enum(['card', 'member']).default('member'),
      which: z.enum(['same', 'all']).default('same').describe('`all`: with a column `is_match`, and pairs told apart'),
      format: z.enum(['csv', 'json']).default('csv'),
    }),
  },
  responses: {
    200: {
      description: 'Pairs that people decided on, left_id and right_id: as `doorstep link evaluate` takes them',
      content: {
        'text/csv': { schema: z.string() },
        'application/json': {
          schema: z.array(z.object({ left_id: z.string(), right_id: z.string(), same: z.boolean() })),
        },
      },
    },
  },
})

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export const thresholdRoutes = room()
  .openapi(show, async (c) => {
    const { area_code } = c.req.valid('query')
    const { registry, actor } = c.var
    permit(actor, 'match.read', area_code)
    const place = await transactRead(registry, actor, (tx) => placeInCounty(tx, area_code))
    const { county_code } = place
    // Thresholds are the county's: so is what they are judged by, figures alone.
    const { in_force, history, ran_at, labelled, universe, given } = await seeCounty(c, county_code, async (tx) => ({
      in_force: await settingOf(tx, county_code),
      history: await settingsOf(tx, county_code),
      ran_at: await lastRunAt(tx, county_code),
      labelled: await labelledIn(tx, county_code),
      universe: await universeOf(tx, county_code),
      given: await answersIn(tx, { ...place, prefix: county_code }),
    }))
    const count = (from: 'asked' | 'check') => labelled.filter((each) => each.from === from).length
    const newest = history[0]?.set_at
    return c.json(
      {
        county_code,
        in_force,
        waits_for_run: newest !== undefined && (ran_at === null || newest >= ran_at),
        first: FIRST_SETTING,
        history,
        looked_at: { asked: count('asked'), check: count('check') },
        universe,
        curve: curveOf(labelled, universe, thresholdsFor(labelled, in_force)),
        agreement: agreement(given),
      },
      200,
    )
  })
  .openapi(set, async (c) => {
    const { area_code, why, ...wish } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const place = await placeInCounty(tx, area_code)
    const { county_code } = place
    permit(actor, 'match.set', county_code)
    if (wish.review > wish.accept) throw problem('match_thresholds_crossed')
    await holdArea(tx, county_code)
    const history = await settingsOf(tx, county_code)
    // Set twice in the same words is set once. Of settings of one moment any may stand first.
    const twin = history.find(
      (each) =>
        each.set_at === history[0]?.set_at &&
        each.why === why &&
        (Object.keys(wish) as (keyof typeof wish)[]).every((name) => each[name] === wish[name]),
    )
    if (twin) return c.json({ setting_id: twin.setting_id }, 200)
    const before = await settingOf(tx, county_code)
    const setting_id = await saveSetting(tx, county_code, { ...wish, why }, { account_id: actor.account_id, now })
    await audit(tx, {
      county_code,
      action: 'match.set',
      subject_kind: 'match_setting',
      subject_id: setting_id,
      detail: { before: { ...before }, after: wish, why },
    })
    return c.json({ setting_id }, 200)
  })
  .openapi(checks, async (c) => {
    const { area_code, links } = c.req.valid('json')
    permit(c.var.actor, 'match.review', area_code)
    const { actor, registry } = c.var
    const place = await transact(registry, actor, (tx) => placeInCounty(tx, area_code))
    const { county_code } = place
    const opened = await inCounty(c, county_code, async (tx, about) => {
      const drawn = await drawChecks(tx, about, place, links)
      await audit(tx, {
        county_code,
        action: 'match.check',
        subject_kind: 'area',
        subject_id: area_code,
        detail: { opened: drawn },
      })
      return drawn
    })
    return c.json({ opened }, 200)
  })
  .openapi(labels, async (c) => {
    const { area_code, of, which, format } = c.req.valid('query')
    permit(c.var.actor, 'match.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const pairs = (await labelPairs(c.var.tx, place, of)).filter((pair) => which === 'all' || pair.same)
    if (format === 'json') return c.json(pairs, 200)
    // `is_match` is how `doorstep link evaluate` knows pairs that were judged from a list of true ones.
    const head = which === 'all' ? 'left_id,right_id,is_match' : 'left_id,right_id'
    const lines = pairs.map(({ left_id, right_id, same }) =>
      [quoted(left_id), quoted(right_id), ...(which === 'all' ? [String(same)] : [])].join(','),
    )
    return c.body(`${[head, ...lines].join('\n')}\n`, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="pairs-${area_code}-${of}.csv"`,
    })
  })
