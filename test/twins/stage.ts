// Villages live the same life: in the first everything is sent once, in the others several times at once (twice, ten
// times), over several doors. After every step the same must have been added in each.
import type { Registry } from '#registry/open.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import type { Pack } from '#packs/load.ts'
import { between, counter } from './count.ts'

/** One way in: an app in this process, or a server elsewhere. */
export type Door = (path: string, init: RequestInit) => Promise<Response>

export interface Village {
  times: number
  index: number
  code: string
  /** Numbers learnt on the way, by name. */
  ids: Record<string, string>
  /** Lists of numbers. */
  lists: Record<string, string[]>
}

export interface Sent {
  params?: Record<string, string>
  query?: Record<string, string>
  json?: unknown
  form?: () => FormData
}

export interface Step {
  /** As the app names it: `POST /api/deliver/deliveries`. */
  route: string
  /** Login of who sends it. */
  as: string | ((village: Village) => string)
  /** The clock from this step on. */
  at?: string
  /** What one person does before, once. */
  before?: (village: Village) => Promise<void>
  send: (village: Village) => Sent
  /** Learns from the answers that were taken. */
  after?: (answers: Record<string, unknown>[], village: Village) => void | Promise<void>
  /** It changes nothing that is counted; why. */
  quiet?: string
  /** A session of its own for this step: the one before may have been ended. */
  signs_in?: boolean
  /** Other refusals of the twins than 409 that are as plain. */
  told?: number[]
}

export interface Stage {
  registry: Registry
  pack: Pack
  doors: Door[]
  at(iso: string): Promise<void>
  /** How often at once each village sends everything; the first sends once. */
  times: readonly number[]
}

export interface Finding {
  step: string
  times: number
  what: string
}

export function makeStage(stage: Stage, village_codes: readonly string[]) {
  const { registry, doors, times: groups } = stage
  const tokens = new Map<string, string>()
  const villages = groups.map((times, index): Village => ({
    times,
    index,
    code: village_codes[index] ?? '',
    ids: {},
    lists: {},
  }))

  async function token(login: string): Promise<string> {
    const known = tokens.get(login)
    if (known !== undefined) return known
    const account = await registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
    const opened = await openSession(registry, account.account_id, new Date().toISOString())
    tokens.set(login, opened.token)
    return opened.token
  }

  async function send(door: Door, login: string, route: string, sent: Sent): Promise<Response> {
    const [method = '', template = ''] = route.split(' ')
    const path = template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(sent.params?.[name] ?? ''))
    const query = sent.query ? `?${new URLSearchParams(sent.query)}` : ''
    const headers: Record<string, string> = { 'x-doorstep': '1', prefer: 'wait', 'x-openrosa-version': '1.0' }
    if (login !== '') headers['authorization'] = `Bearer ${await token(login)}`
    if (sent.json !== undefined) headers['content-type'] = 'application/json'
    const body = sent.form ? sent.form() : sent.json === undefined ? null : JSON.stringify(sent.json)
    return await door(`${path}${query}`, { method, headers, body })
  }

  /** One request by one person; its JSON. Throws what the server said where it did not take it. */
  async function call<T = Record<string, unknown>>(login: string, route: string, sent: Sent = {}): Promise<T> {
    const [door] = doors
    if (!door) throw new Error('no door')
    const answer = await send(door, login, route, sent)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${route} by ${login}: ${answer.status} ${text}`)
    return (text.startsWith('{') ? JSON.parse(text) : {}) as T
  }

  /** Lives the steps; returns what counted twice, broke, or was not told. `say` hears of each as it comes. */
  async function live(steps: readonly Step[], say_all: (finding: Finding) => void = () => {}): Promise<Finding[]> {
    const findings: Finding[] = []
    const found = (finding: Finding) => {
      findings.push(finding)
      say_all(finding)
    }
    const figures = await counter(registry)
    for (const step of steps) {
      if (step.at !== undefined) await stage.at(step.at)
      const added: Record<string, number>[] = []
      for (const village of villages) {
        const say = (what: string) => found({ step: step.route, times: village.times, what })
        const login = typeof step.as === 'string' ? step.as : step.as(village)
        if (step.signs_in) tokens.delete(login)
        await step.before?.(village)
        if (login !== '') await token(login)
        const sent = step.send(village)
        const before = await figures()
        const answers = await Promise.all(
          Array.from({ length: village.times }, async (_, index) => {
            const door = doors[index % doors.length]
            if (!door) throw new Error('no door')
            const answer = await send(door, login, step.route, sent)
            return { status: answer.status, text: await answer.text() }
          }),
        )
        added.push(between(before, await figures()))
        const taken = answers.filter((answer) => answer.status < 300)
        const odd = answers.filter(
          ({ status }) => status >= 300 && status !== 409 && !(step.told ?? []).includes(status),
        )
        if (taken.length === 0) {
          say(`nobody's was taken: ${answers[0]?.status} ${answers[0]?.text.slice(0, 400)}`)
          continue
        }
        for (const { status, text } of odd) say(`${status}: ${text.slice(0, 300)}`)
        await step.after?.(
          taken.map(({ text }) => (text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {})),
          village,
        )
      }
      const [once = {}] = added
      if (step.quiet === undefined && Object.keys(once).length === 0) {
        found({ step: step.route, times: 1, what: 'changed nothing: the example is no example' })
      }
      added.forEach((own, index) => {
        if (JSON.stringify(own) === JSON.stringify(once)) return
        found({
          step: step.route,
          times: groups[index] ?? 0,
          what: `added ${JSON.stringify(own)} where one sending adds ${JSON.stringify(once)}`,
        })
      })
    }
    return findings
  }

  return { villages, token, call, live }
}

export type Acting = ReturnType<typeof makeStage>
