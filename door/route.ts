// A route of a room. Its type asks for what `guarded` gives: one that does not say who may take it, and where, does not
// build. Lint keeps rooms from taking the library's own createRoute.
import { createRoute as describeRoute, type RouteConfig } from '@hono/zod-openapi'
import type { AreaRules, Mode } from './enter.ts'
import type { Action } from './permit/roles.ts'

/** What `guarded` says of a route, for the door, the OpenAPI document and the tests that walk all routes. */
export interface Guard {
  'x-action': Action
  'x-mode': Mode
  'x-area': AreaRules
}

/** As zod-openapi's createRoute, for a guarded route alone: `createRoute({ method, path, ...guarded(...), ... })`. */
export function createRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(route: R & Guard) {
  return describeRoute<P, R>(route)
}
