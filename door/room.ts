import { OpenAPIHono } from '@hono/zod-openapi'
import type { DoorEnv } from './context.ts'
import { problem } from './problems.ts'

/** A room's (or the server's) part of the one app: requests that do not fit their schema become `request_invalid`. */
export function room() {
  return new OpenAPIHono<DoorEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const errors = result.error.issues.map((issue) => ({
        path: issue.path.map(String).join('.'),
        message: issue.message,
      }))
      throw problem('request_invalid', {
        detail: errors.map((error) => `${error.path}: ${error.message}`).join('; '),
        errors,
      })
    },
  })
}
