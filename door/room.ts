import { OpenAPIHono } from '@hono/zod-openapi'
import type { DoorEnv } from './context.ts'
import { problem } from './problems.ts'

/** A room's (or the server's) part of the one app: requests that do not fit their schema become `request_invalid`. */
export function room() {
  return new OpenAPIHono<DoorEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const errors = result.error.issues.flatMap((issue) => {
        // A key that is not known is the place itself; one error for each, so that none is overlooked.
        const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 20) : []
        const at = (path: PropertyKey[], message: string) => ({
          path: path.map(String).join('.').slice(0, 200),
          message,
        })
        if (keys.length === 0) return [at(issue.path, issue.message)]
        return keys.map((key) => at([...issue.path, key], 'This is not a field here.'))
      })
      throw problem('request_invalid', {
        detail: errors
          .slice(0, 20)
          .map((error) => `${error.path}: ${error.message}`)
          .join('; '),
        errors: errors.slice(0, 100),
      })
    },
  })
}
