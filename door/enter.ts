import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { transact, transactRead, type ReadTx } from '#registry/transaction.ts'
import { checkRules, type AreaRule } from './permit/area-rule.ts'
import type { DoorEnv, WriteEnv } from './context.ts'
import { lookedAt, permit, type Actor } from './permit/permit.ts'
import type { Action } from './permit/roles.ts'
import { strictly } from './strict.ts'

/** Thrown inside a transaction to undo it after the problem has already been turned into the answer. */
class Undo extends Error {}

export type Mode = 'read' | 'write' | 'by hand'
/** A route that enters to 'write' finds a transaction that writes; any other does not build where it tries. */
type EnvOf<M extends Mode> = M extends 'write' ? WriteEnv : DoorEnv
/** At least one: a route that does not say where it acts does not build. */
export type AreaRules = readonly [AreaRule, ...AreaRule[]]

/** A programming mistake, told before anything leaves: the act answers without having looked at the area it declared. */
function mustHaveLooked(actor: Actor, left: readonly AreaRule[], path: string): void {
  const { area, own } = lookedAt(actor)
  const missed = left.find((rule) => !(rule.kind === 'own' ? own : area))
  if (missed) throw new Error(`${path} answers without having looked at its area: ${JSON.stringify(missed)}`)
}

/**
 * The first beat of every route. Checks role x action x area, then gives the request its one transaction:
 * 'read' (a role that cannot write), 'write' (rolled back on any answer of 400 or above), or 'by hand'
 * (uploads: the route reads the slow body first and opens the transaction itself).
 */
export function enter<M extends Mode>(action: Action, mode: M, ...rules: AreaRules): MiddlewareHandler<EnvOf<M>> {
  if (rules.length === 0)
    throw new Error(`a route of ${action} does not say where it acts: give guarded() an area rule`)
  const handler: MiddlewareHandler<DoorEnv> = async (c, next) => {
    const { actor } = c.var
    permit(actor, action)
    const left = await checkRules(c, actor, rules)
    const go = async (): Promise<boolean> => {
      await next()
      const failed = c.error !== undefined || c.res.status >= 400
      if (!failed) mustHaveLooked(actor, left, c.req.path)
      return !failed
    }
    c.set('afterwards', [])
    if (mode === 'by hand') {
      await go()
      return
    }
    const act = async (tx: ReadTx): Promise<void> => {
      c.set('tx', tx)
      if (!(await go())) throw new Undo()
    }
    try {
      // A read route finds the same `tx`; the role behind it cannot write (42501), whatever the code says.
      if (mode === 'read') await transactRead(c.var.registry, actor, act)
      else await transact(c.var.registry, actor, act)
    } catch (error) {
      if (!(error instanceof Undo)) throw error
      return
    }
    for (const work of c.var.afterwards) await work()
  }
  // The mode decides above which transaction is put there; a type cannot follow it.
  return handler as unknown as MiddlewareHandler<EnvOf<M>>
}

/** Spread into `createRoute`: names the action and the area rules (tests read them there) and guards the route. */
export function guarded<A extends Action, M extends Mode>(action: A, mode: M, ...rules: AreaRules) {
  return { middleware: enter(action, mode, ...rules), 'x-action': action, 'x-mode': mode, 'x-area': rules }
}

/** As `guarded`, where `first` is asked before anything is looked up: how large a body may be. */
export function guardedAfter<A extends Action, M extends Mode>(
  first: MiddlewareHandler<DoorEnv>,
  action: A,
  mode: M,
  ...rules: AreaRules
) {
  const guard = guarded(action, mode, ...rules)
  const middleware: [MiddlewareHandler<DoorEnv>, MiddlewareHandler<EnvOf<M>>] = [first, guard.middleware]
  return { ...guard, middleware }
}

export const problemSchema = z
  .object({
    type: z.string(),
    code: z.string(),
    status: z.number(),
    title: z.string(),
    action: z.string(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    kept: z.string().optional(),
    errors: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** A JSON answer of a route. */
export function answers<T extends z.ZodType>(schema: T, description: string) {
  return { content: { 'application/json': { schema } }, description }
}

/** A JSON body of a route; keys that the schema does not name are refused. */
export function takes<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema: strictly(schema) } }, required: true } as const
}
