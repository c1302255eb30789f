// Where a route acts: each route says it beside who may (roles.ts), and the door holds it to its word.
import type { Context } from 'hono'
import type { DoorEnv } from '../context.ts'
import { within, type Actor } from './permit.ts'
import { problem } from '../problems.ts'

/** A field of the request: `query.area_code`, `param.area_code`, `json.area_code`, `json.budgets[].area_code`. */
export type FieldPath = `${'query' | 'param' | 'json' | 'form'}.${string}`

/**
 * The area rule of a route.
 * `of`: the field holds an area code; the door refuses one outside the actor's area before anything is read.
 * `entity`: the field names a thing that lies in an area; the act looks the area up and passes it to `permit` or
 *   `covers`, and the door refuses to answer where it did not.
 * `own`: what is answered or written is narrowed to the actor's own area; the act asks `ownScope` for it.
 * `nation`: for those whose area is the whole nation.
 * `account`: the asker's own account and nothing else.
 * `common`: belongs to no area (the rules, the words): the same for everybody who may take the action.
 * `public`: the same for everybody, signed in or not.
 */
export type AreaRule =
  | { kind: 'of'; at: FieldPath; absent?: 'nation' | 'own' }
  | { kind: 'entity'; entity: string; at: FieldPath }
  | { kind: 'own' | 'nation' | 'account' | 'common' | 'public' }

export const area = {
  /** `absent`: what a request without the field asks for, where it may be left out. */
  of: (at: FieldPath, options: { absent?: 'nation' | 'own' } = {}): AreaRule => ({ kind: 'of', at, ...options }),
  entity: (entity: string, at: FieldPath): AreaRule => ({ kind: 'entity', entity, at }),
  own: { kind: 'own' } as AreaRule,
  nation: { kind: 'nation' } as AreaRule,
  account: { kind: 'account' } as AreaRule,
  common: { kind: 'common' } as AreaRule,
  public: { kind: 'public' } as AreaRule,
}

/** The values at a path such as `budgets[].area_code` of a JSON value; own properties alone. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path
  if (step === undefined) return [value]
  if (typeof value !== 'object' || value === null) return []
  const name = step.replace(/\[\]$/, '')
  if (!Object.hasOwn(value, name)) return []
  const below = (value as Record<string, unknown>)[name]
  if (!step.endsWith('[]')) return valuesAt(below, rest)
  return Array.isArray(below) ? below.flatMap((each) => valuesAt(each, rest)) : [below]
}

async function valuesOf(c: Context<DoorEnv>, at: FieldPath): Promise<unknown[]> {
  const place = at.slice(0, at.indexOf('.'))
  const path = at.slice(at.indexOf('.') + 1)
  if (place === 'query') return c.req.queries(path) ?? []
  if (place === 'param') return [c.req.param(path)].filter((value) => value !== undefined)
  if (place === 'form') return []
  // What is no JSON is refused by the route's own schema.
  const body: unknown = await c.req.json().catch(() => undefined)
  return valuesAt(body, path.split('.'))
}

/**
 * Before the act: refuses what the request itself shows to lie outside. Returns the rules whose keeping is only seen
 * afterwards.
 */
export async function checkRules(c: Context<DoorEnv>, actor: Actor, rules: readonly AreaRule[]): Promise<AreaRule[]> {
  const left: AreaRule[] = []
  for (const rule of rules) {
    if (rule.kind === 'account' && actor.account_id === null) throw problem('sign_in_required')
    if (rule.kind === 'nation' && !actor.scope.includes('*')) throw outside(actor, 'the nation')
    if (rule.kind === 'entity' || rule.kind === 'own') left.push(rule)
    if (rule.kind !== 'of') continue
    const values = await valuesOf(c, rule.at)
    for (const value of values) {
      if (typeof value === 'string' && !within(actor, value)) throw outside(actor, `Area ${value}`)
    }
    if (values.length === 0 && rule.absent === 'nation' && !actor.scope.includes('*'))
      throw outside(actor, 'the nation')
    const told = values.length > 0 && values.every((value) => typeof value === 'string')
    if (!told && !(values.length === 0 && rule.absent)) left.push(rule)
  }
  return left
}

const outside = (actor: Actor, what: string) =>
  problem('outside_area', { detail: `${what} is not below ${actor.scope.join(', ') || 'any area'}.` })
