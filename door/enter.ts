import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { transact, transactRead, type Tx } from '#registry/transaction.ts'
import type { DoorEnv } from './context.ts'
import { permit } from './permit.ts'
import type { Action } from './roles.ts'

/** Thrown inside a transaction to undo it after the problem has already been turned into the answer. */
class Undo extends Error {}

/**
 * The first beat of every route. Checks role x action, then gives the request its one transaction:
 * 'read' (a role that cannot write), 'write' (rolled back on any answer of 400 or above), or 'by hand'
 * (uploads: the route reads the slow body first and opens the transaction itself).
 */
export function enter(action: Action, mode: 'read' | 'write' | 'by hand'): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    permit(c.var.actor, action)
    if (mode === 'by hand') return next()
    const act = async (tx: Tx): Promise<void> => {
      c.set('tx', tx)
      await next()
      if (c.error || c.res.status >= 400) throw new Undo()
    }
    try {
      // A read route finds the same `tx`; the role behind it cannot write (42501), whatever the code says.
      if (mode === 'read') await transactRead(c.var.registry, c.var.actor, (tx) => act(tx as never))
      else await transact(c.var.registry, c.var.actor, act)
    } catch (error) {
      if (!(error instanceof Undo)) throw error
    }
  }
}

/** Spread into `createRoute`: names the action (the permission test reads it there) and guards the route. */
export function guarded<A extends Action>(action: A, mode: 'read' | 'write' | 'by hand') {
  return { middleware: enter(action, mode), 'x-action': action, 'x-mode': mode }
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

/** A JSON body of a route. */
export function takes<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema } }, required: true } as const
}
