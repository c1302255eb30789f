// npm run check:routes, and in every run of the tests. Every route of the app's own document, by every role of a foreign
// place, with real ids and real codes of this county: nothing of it in any answer, nothing of it changed. And every route
// that takes a place, by this county's own people, with four foreign places. A new route is walked as it is written; one
// whose ids this test does not know fails it.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mayRole, roles, type Action, type Role } from '#door/permit/roles.ts'
import type { AreaRule } from '#door/permit/area-rule.ts'
import { SYSTEM, transact, transactRead } from '#registry/transaction.ts'
import { newAccount } from '#test/steps/account.ts'
import { someHelped } from '#test/steps/exiting.ts'
import { exampleOf, type Schema } from '#test/schema-example.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

interface Route {
  method: string
  path: string
  action: Action
  rules: AreaRule[]
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[]
  body: Schema | undefined
  multipart: boolean
}
const county = '360781'
/** Evaluations are hidden from everybody else. */
const EVALUATOR = { account_id: null, role: 'evaluator', scope: ['*'] }
const whoSees = (table: string) => (table === 'evaluation' ? EVALUATOR : SYSTEM)
/** Next door, another province, no such place, and a code that ours begins with. */
const foreign_places = ['360782', '44', '999999', '36078']

let world: World
let routes: Route[]
let schemas: Record<string, Schema>
const ids: Record<string, string> = {}
const strangers = new Map<Role, string>()
const own = new Map<Role, string>()
/** This county's own form, as a workbook: a form says whose it is by its own id. */
let the_form: File
let asked = 0
let told_of_ours = 0
let changed = 0

/** Where each real id stands. */
const entities: Record<string, [table: string, column: string]> = {
  alert: ['alert', 'alert_id'],
  area_exit: ['area_exit', 'area_exit_id'],
  change: ['change_event', 'change_id'],
  delivery: ['delivery', 'delivery_id'],
  evaluation: ['evaluation', 'evaluation_id'],
  exit_case: ['exit_case', 'exit_id'],
  household: ['household', 'household_id'],
  income: ['income_ledger', 'ledger_id'],
  link: ['link', 'link_id'],
  notice: ['public_notice', 'notice_id'],
  objection: ['objection', 'objection_id'],
  person: ['person', 'person_id'],
  plan: ['plan', 'plan_id'],
  quarantine: ['quarantine', 'quarantine_id'],
  review: ['match_review', 'review_id'],
  submission: ['submission', 'instance_id'],
  verification: ['verification', 'verification_id'],
}
const states: Record<string, string> = {
  alert: 'open',
  area_exit: 'proposed',
  exit_case: 'checked',
  objection: 'open',
  match_review: 'open',
  verification: 'open',
  evaluation: 'designed',
}

/** A row where the acts below left none: every column that must be there, filled by its type. */
async function ensureRow(table: string, id: string): Promise<void> {
  const columns = await sql<{ column_name: string; data_type: string }>`select column_name, data_type
    from information_schema.columns where table_name = ${table} and is_nullable = 'NO' and column_default is null
      and is_generated = 'NEVER'`.execute(world.registry.app)
  const known: Record<string, unknown> = {
    county_code: county,
    area_code: `${world.village_codes[0]}001`,
    household_id: ids['household'],
    left_household_id: ids['household'],
    right_household_id: ids['household'],
    notice_id: ids['notice'],
    [id]: `made-${table}`,
    state: states[table],
    kind: table === 'match_review' ? 'household' : table === 'exit_case' ? 'household' : 'x',
    level: 'village',
    severity: 'warning',
    frame: null,
  }
  const value = (name: string, type: string): unknown => {
    if (known[name] !== undefined) return known[name]
    if (/timestamp|date/.test(type)) return '2015-01-01'
    if (/int|double|numeric/.test(type)) return 0
    if (type === 'boolean') return false
    if (type === 'jsonb') return '{}'
    if (type === 'ARRAY') return '{}'
    return 'x'
  }
  await transact(world.registry, whoSees(table), (tx) =>
    sql`insert into ${sql.table(table)} (${sql.join(columns.rows.map((each) => sql.ref(each.column_name)))})
      values (${sql.join(columns.rows.map((each) => sql`${value(each.column_name, each.data_type)}`))})`.execute(tx),
  )
}

async function realIds(): Promise<void> {
  const [household_id = ''] = await someHelped(world, [{}, {}])
  ids['household'] = household_id
  const officer = await world.as('zhong.wei')
  const committee = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  await officer.api.exit.check.$post({ json: { area_code: county, year: 2015 } })
  await committee.api.monitor.changes.$post({
    json: { changes: [{ household_id, kind: 'illness', happened_on: '2015-12-10', source: 'neighbour' }] },
  })
  await committee.api.deliver.income.$post({
    json: { entries: [{ household_id, year: 2015, source: 'wage_income', amount: 100 }] },
  })
  await officer.api.survey.submissions.$post({ json: { submissions: ['<data id="nothing"'] } })
  const device = await unwrap(officer.api.survey.devices.$post({ json: { label: 'a', area_code: county } }))
  ids['device'] = device.device_id
  const [form] = world.pack.forms
  ids['form'] = form ?? ''
  const workbook = await world.request(`/api/survey/forms/${form}/2014.1/xlsform`, {
    headers: { authorization: `Bearer ${await world.token('zhong.wei')}` },
  })
  expect(workbook.status).toBe(200)
  the_form = new File([await workbook.arrayBuffer()], 'form.xlsx')
  const { account_id } = await world.registry.app
    .selectFrom('account')
    .select('account_id')
    .where('login', '=', 'li.guoqiang')
    .executeTakeFirstOrThrow()
  ids['account'] = account_id
  const evaluator = await world.as('sun.yifan')
  await evaluator.api.evaluate.evaluations.$post({
    json: { area_code: county, year: 2015, design: { half_width: 0.1 } } as never,
  })
  for (const [entity, [table, column]] of Object.entries(entities)) {
    const find = () =>
      transactRead(world.registry, whoSees(table), async (tx) => {
        const { rows } = await sql<{ id: string }>`select ${sql.ref(column)} as id from ${sql.table(table)}
          where county_code = ${county} order by 1 limit 1`.execute(tx)
        return rows[0]?.id
      })
    if ((await find()) === undefined) await ensureRow(table, column)
    const found = entity === 'household' ? household_id : await find()
    if (found) ids[entity] = found
  }
  const job = await world.registry.app
    .selectFrom('job_run')
    .select('job_id')
    .where('area_code', '^@', county)
    .executeTakeFirstOrThrow()
  ids['job'] = job.job_id
}

async function people(): Promise<void> {
  await sql`insert into area (area_code, parent_code, level, name, county_code) values
    ('360782', '3607', 'county', '{"en":"Next","zh":"邻"}', '360782'),
    ('360782101', '360782', 'township', '{"en":"T","zh":"镇"}', '360782'),
    ('360782101201', '360782101', 'village', '{"en":"V","zh":"村"}', '360782'),
    ('44', 'CN', 'province', '{"en":"Other","zh":"外省"}', null)`.execute(world.registry.app)
  const at: Partial<Record<Role, string>> = {
    surveyor: '360782101201',
    village_committee: '360782101201',
    township_officer: '360782101',
    county_officer: '360782',
    province_analyst: '44',
    evaluator: '360782',
    inspector: '360782',
    auditor: '360782',
    administrator: '360782',
  }
  const now = '2015-12-20T08:00:00.000Z'
  // A role that is new acts in a county, unless it stands above.
  for (const role of roles.filter((each) => each !== 'public' && each !== 'national_analyst'))
    strangers.set(role, await newAccount(world, { role, area_code: at[role] ?? '360782' }, now))
  const village = world.village_codes[0]?.slice(9)
  const mine: Partial<Record<Role, string>> = {
    surveyor: `surveyor.${village}.1`,
    village_committee: `committee.${village}`,
    township_officer: 'li.guoqiang',
    county_officer: 'zhong.wei',
    province_analyst: 'hu.min',
    evaluator: 'sun.yifan',
    inspector: 'zhao.ruixue',
    auditor: 'he.zhiyuan',
  }
  // An administrator here is the nation's, and analysts of the nation have no county of their own.
  const at_home = roles.filter((role) => !['public', 'national_analyst', 'administrator'].includes(role))
  for (const role of at_home) {
    const login = mine[role]
    const token = login ? world.token(login) : newAccount(world, { role, area_code: world.county_code }, now)
    own.set(role, await token)
  }
}

beforeAll(async () => {
  world = await openWorld()
  await realIds()
  await people()
  const answer = await world.request('/api/openapi.json')
  const document = (await answer.json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>
    components?: { schemas?: Record<string, Schema> }
  }
  schemas = document.components?.schemas ?? {}
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, found]): Route => {
      const content = (found['requestBody'] as { content?: Record<string, { schema: Schema }> } | undefined)?.content
      return {
        method: method.toUpperCase(),
        path,
        action: found['x-action'] as Action,
        rules: (found['x-area'] ?? []) as AreaRule[],
        parameters: (found['parameters'] ?? []) as Route['parameters'],
        body: content?.['application/json']?.schema ?? content?.['multipart/form-data']?.schema,
        multipart: content?.['multipart/form-data'] !== undefined,
      }
    }),
  )
}, 600_000)
afterAll(async () => {
  console.info(`${asked} requests, ${told_of_ours} answers with rows of another place, ${changed} tables changed`)
  await world.rollback()
  await world.close()
})

const example = (schema: Schema, given: ReadonlyMap<string, string>) => exampleOf(schemas, schema, given)
const placeOf = (rule: AreaRule): string => ('at' in rule ? rule.at.slice(0, rule.at.indexOf('.')) : '')
const fieldOf = (rule: AreaRule): string => ('at' in rule ? rule.at.slice(rule.at.indexOf('.') + 1) : '')

/** The request of a route with real ids; `area_code` for the places it names. */
async function call(route: Route, token: string | undefined, area_code: string) {
  const given = new Map<string, string>([['changes[].kind', 'illness']])
  const named = new Map<string, string>()
  for (const rule of route.rules) {
    if (rule.kind === 'of') (placeOf(rule) === 'json' ? given : named).set(fieldOf(rule), area_code)
    if (rule.kind !== 'entity') continue
    const id = ids[rule.entity]
    if (id === undefined) throw new Error(`${route.method} ${route.path}: no example id of ${rule.entity}`)
    ;(placeOf(rule) === 'json' ? given : named).set(fieldOf(rule), id)
  }
  const by_name: Record<string, string> = {
    household_id: ids['household'] ?? '',
    area_code,
    county_code: area_code,
    version: '2014.1',
    form_id: 'household_card',
    entry_id: 'indicators.income',
    indicator_code: 'income',
  }
  let path = route.path
  const query = new URLSearchParams()
  for (const parameter of route.parameters) {
    const fallback = by_name[parameter.name] ?? String(example(parameter.schema, new Map()))
    const value = named.get(parameter.name) ?? fallback
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value))
    else if (parameter.in === 'query' && (parameter.required || named.has(parameter.name)))
      query.set(parameter.name, value)
  }
  const with_query = query.size > 0 ? `${path}?${query}` : path
  const headers: Record<string, string> = { 'x-doorstep': '1', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  let body: FormData | string | undefined
  if (route.method !== 'GET' && route.body && route.multipart) {
    body = new FormData()
    const named_by_file = route.rules.some((rule) => 'at' in rule && rule.at === 'form.file')
    body.set('file', named_by_file ? the_form : new File(['a,b\n1,2\n'], 'list.csv'))
    for (const [name, value] of Object.entries(example(route.body, new Map()) as Record<string, unknown>))
      if (typeof value === 'string' && name !== 'file') body.set(name, name === 'area_code' ? area_code : value)
  } else if (route.method !== 'GET' && route.body) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(example(route.body, given))
  }
  const answer = await world.request(with_query, {
    method: route.method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  asked += 1
  const text = await answer.text()
  const code = /"code":"(\w+)"/.exec(text)?.[1]
  return { status: answer.status, code: answer.status >= 400 ? code : undefined, text }
}

/** A hash over every row of this county, in every table that has counties, but for what says who looked. */
async function everything(): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'county_code' and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`.execute(
    world.registry.app,
  )
  return await transactRead(world.registry, SYSTEM, async (tx) => {
    const found: Record<string, string> = {}
    for (const { name } of tables) {
      const { rows } = await sql<{
        told: string
      }>`select concat_ws(' ', count(*), sum(hashtextextended(t::text, 0)::numeric)) as told
        from ${sql.table(name)} t where county_code = ${county}`.execute(tx)
      found[name] = rows[0]?.told ?? ''
    }
    return found
  })
}

const places = (route: Route) => route.rules.some((rule) => ['of', 'entity', 'nation'].includes(rule.kind))

test('every route declares where it acts, and this test has an id for everything a route names', () => {
  expect(routes.length).toBeGreaterThan(140)
  expect(
    routes
      .filter((route) => route.rules.length === 0 && !/health|openapi|docs/.test(route.path))
      .map((each) => each.path),
  ).toEqual([])
  const unknown = routes.flatMap((route) =>
    route.rules.flatMap((rule) =>
      rule.kind === 'entity' && ids[rule.entity] === undefined ? [`${route.path} ${rule.entity}`] : [],
    ),
  )
  expect(unknown).toEqual([])
  // The field that a rule names is one that the route takes.
  const nowhere = routes.flatMap((route) =>
    route.rules.flatMap((rule) => {
      if (!('at' in rule) || placeOf(rule) === 'form') return []
      const name = fieldOf(rule)
      const there =
        placeOf(rule) === 'json'
          ? JSON.stringify(route.body ?? {}).includes(`"${name.split('.').at(-1)?.replace('[]', '')}"`)
          : route.parameters.some((parameter) => parameter.name === name)
      return there ? [] : [`${route.method} ${route.path} ${rule.at}`]
    }),
  )
  expect(nowhere).toEqual([])
})

test.each(roles.filter((role) => role !== 'national_analyst').map((role) => [role]))(
  'a %s from elsewhere reads nothing of this county and changes nothing in it',
  async (role) => {
    const token = strangers.get(role)
    const before = await everything()
    const wrong: string[] = []
    let walked = 0
    for (const route of routes) {
      if (
        !mayRole(role, route.action) ||
        /sign-out-everywhere|account\/sessions|^\/api\/session$|demo/.test(route.path)
      )
        continue
      const { status, code, text } = await call(route, token, county)
      walked += 1
      const said = `${route.method} ${route.path}: ${status} ${code ?? ''}`
      if (status >= 500) wrong.push(said)
      if (/360781-\d{7}/.test(status < 400 ? text : '')) {
        told_of_ours += 1
        wrong.push(`${said} names a household`)
      }
      if (!places(route)) continue
      const unknown = status === 422 && code?.endsWith('_unknown_household') === true
      const refused = status === 403 || status === 404 || unknown || (status === 409 && code === 'wrong_state')
      const nothing_done = status === 200 && /"refused":\[\{|"accepted":0/.test(text)
      if (!refused && !nothing_done) wrong.push(said)
    }
    const after = await everything()
    delete before['audit_head']
    delete after['audit_head']
    changed += Object.keys(after).filter((table) => after[table] !== before[table]).length
    expect(wrong).toEqual([])
    expect(walked).toBeGreaterThan(3)
    expect(after).toEqual(before)
  },
  600_000,
)

test.each([...foreign_places].map((place) => [place]))(
  'asked for %s, this county’s own people are told nothing of it',
  async (place) => {
    const wrong: string[] = []
    for (const route of routes) {
      if (!route.rules.some((rule) => rule.kind === 'of' && placeOf(rule) !== 'form')) continue
      for (const [role, token] of own) {
        if (role === 'province_analyst' && (place === '360782' || place === '36078')) continue
        if (!mayRole(role, route.action)) continue
        const { status, code } = await call(route, token, place)
        if (status < 400) told_of_ours += 1
        if (status !== 403 && status !== 404) wrong.push(`${role} ${route.method} ${route.path}: ${status} ${code}`)
      }
    }
    expect(wrong).toEqual([])
  },
  600_000,
)
