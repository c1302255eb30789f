// npm run check:stalls -- --data FOLDER: asks each reading route of a demo (a copy of its data folder) as a county's
// officer, several times, and has the long work of the office done, and tells for how long the thread that answers worked at a stretch, in its own processor time:
// while it works for one, everybody else waits. Fails where a route passes the limit.
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { readSettings } from '#door/settings.ts'
import { openRegistry } from '#registry/open.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { root } from '#server/main.ts'
import { standUp } from '#server/standing.ts'

const { values: asked } = parseArgs({
  options: { data: { type: 'string' }, most: { type: 'string', default: '50' }, only: { type: 'string' } },
})
const most = Number(asked.most)
const settings = readSettings({ DOORSTEP_DEMO: '1', DOORSTEP_DATA: asked.data, PORT: '0' }, root)
const product = await standUp(settings, { say: () => {}, making: () => {}, show: () => {} })

const ask = async (path: string, init: RequestInit = {}) =>
  await product.answers.fetch(new Request(`http://127.0.0.1${path}`, init))

/** The longest piece of work of this thread while `work` goes on, in milliseconds of processor time. */
async function stretch(work: () => Promise<unknown>): Promise<number> {
  let before = process.threadCpuUsage()
  let longest = 0
  const turn = () => {
    const now = process.threadCpuUsage()
    longest = Math.max(longest, (now.user + now.system - before.user - before.system) / 1000)
    before = now
  }
  const timer = setInterval(turn, 1)
  await work()
  turn()
  clearInterval(timer)
  return longest
}

const signed = await ask('/api/demo/session', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-doorstep': '1' },
  body: JSON.stringify({ login: 'zhong.wei', role: 'county_officer', area_code: '360781' }),
})
if (!signed.ok) throw new Error(await signed.text())
const cookie = signed.headers
  .getSetCookie()
  .map((each) => each.split(';')[0])
  .join('; ')

/** Ids that stand in the demo, by the name of the parameter that asks for them. */
async function realIds(): Promise<Record<string, string>> {
  const registry = await openRegistry({ data_dir: settings.data_dir, migrate: false })
  const first = async (table: string, column: string, where = 'true') =>
    await transactRead(registry, SYSTEM, async (tx) => {
      const { rows } = await sql<{ id: string }>`select ${sql.ref(column)} as id from ${sql.table(table)}
        where ${sql.raw(where)} limit 1`.execute(tx)
      return rows[0]?.id ?? ''
    })
  const found = {
    household_id: await first('register_household', 'household_id'),
    plan_id: await first('plan', 'plan_id', "state = 'approved'"),
    notice_id: await first('public_notice', 'notice_id'),
    exit_id: await first('exit_case', 'exit_id'),
    evaluation_id: await first('evaluation', 'evaluation_id'),
    review_id: await first('match_review', 'review_id'),
    person_id: await first('person', 'person_id'),
    instance_id: await first('submission', 'instance_id'),
    verification_id: await first('verification', 'verification_id'),
    job_id: await first('job_run', 'job_id'),
    alert_id: await first('alert', 'alert_id'),
    area_exit_id: await first('area_exit', 'area_exit_id'),
    link_id: await first('link', 'link_id'),
  }
  await registry.close()
  return found
}

const ids: Record<string, string> = {
  ...(await realIds()),
  area_code: '360781',
  county_code: '360781',
  search: '3',
  version: '2014.1',
  form_id: 'household_card',
  entry_id: 'indicators.income',
  indicator_code: 'income',
  year: '2016',
}
interface Route {
  parameters?: { name: string; in: string; required?: boolean }[]
}
const document = (await (await ask('/api/openapi.json')).json()) as { paths: Record<string, Record<string, Route>> }
const told: { path: string; status: number; worked: number }[] = []
for (const [pattern, item] of Object.entries(document.paths)) {
  const route = item['get']
  if (!route || (asked.only && !pattern.includes(asked.only))) continue
  const query = new URLSearchParams()
  let path = pattern
  for (const { name, in: place, required } of route.parameters ?? []) {
    const value = ids[name]
    if (place === 'path') path = path.replace(`{${name}}`, value ?? '1')
    else if (place === 'query' && (required || name === 'area_code')) query.set(name, value ?? '1')
  }
  const address = query.size > 0 ? `${path}?${query}` : path
  let status = 0
  let worked = Number.POSITIVE_INFINITY
  // The first answer loads code and plans; the least of several is what the route itself costs.
  for (let time = 0; time < 4; time += 1) {
    const longest = await stretch(async () => {
      const answer = await ask(address, { headers: { cookie, 'x-doorstep': '1' } })
      status = answer.status
      await answer.arrayBuffer()
    })
    if (time > 0) worked = Math.min(worked, longest)
  }
  told.push({ path: address, status, worked })
}

/** Long work of the office, for the whole county: each twice, since what stands already is half of it. */
const runs: [string, unknown][] = [
  ['/api/what-if', { area_code: '360781', changes: { parameters: { income_line: 4000 } } }],
  ['/api/assess/run', { area_code: '360781' }],
  ['/api/diagnose/run', { area_code: '360781' }],
  ['/api/prescribe/run', { area_code: '360781', year: 2017 }],
  ['/api/match/run', { area_code: '360781' }],
  ['/api/monitor/run', { area_code: '360781' }],
  ['/api/exit/check', { area_code: '360781', year: 2017 }],
  ['/api/register/refresh', { area_code: '360781' }],
  ['/api/audit/verify', { county_code: '360781' }],
]
for (const [path, body] of runs) {
  if (asked.only && !path.includes(asked.only)) continue
  for (const time of ['first', 'second']) {
    let status = 0
    const began = performance.now()
    const worked = await stretch(async () => {
      const answer = await ask(path, {
        method: 'POST',
        headers: { cookie, 'x-doorstep': '1', 'content-type': 'application/json', prefer: 'wait' },
        body: JSON.stringify(body),
      })
      status = answer.status
      const text = await answer.text()
      if (!answer.ok || text.includes('"failed"')) console.log(`${path}: ${text.slice(0, 300)}`)
    })
    told.push({ path: `POST ${path}, the ${time} time, ${Math.round(performance.now() - began)} ms`, status, worked })
  }
}
for (const { path, status, worked } of told.toSorted((a, b) => b.worked - a.worked))
  console.log(`${worked.toFixed(0).padStart(6)} ms  ${status}  ${path}`)
const over = told.filter((each) => each.worked > most)
console.log(`${told.length} routes; ${over.length} work for more than ${most} ms at a stretch`)
await product.close()
process.exit(over.length > 0 ? 1 : 0)
