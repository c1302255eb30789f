import { CallFailed } from '#server/client.ts'
import { Problem } from '#door/problems.ts'
import { LinkageError } from '#engines/linkage/errors.ts'
import { RegistryProblem } from '#registry/problem.ts'

/** Exit codes that mean something, after sysexits.h where it has one. */
export const exits = {
  ok: 0,
  /** The work was done and found something wrong (audit does not verify, a pack has faults, rows were refused). */
  found: 1,
  usage: 64,
  input: 65,
  unavailable: 69,
  internal: 70,
  not_permitted: 77,
} as const

/** Tell an error as a person can use it, and choose the exit code. */
export function tellError(error: unknown, json: boolean): number {
  const told = describe(error)
  if (json) console.error(JSON.stringify(told.document))
  else {
    console.error(`${told.document.code}: ${told.document.detail}`)
    if (told.document.action) console.error(told.document.action)
  }
  return told.exit
}

interface Told {
  document: { code: string; detail: string; action?: string; errors?: unknown; numbers?: unknown }
  exit: number
}

function describe(error: unknown): Told {
  if (error instanceof CallFailed) {
    const { code, title, detail, action, errors } = error.problem
    return { document: { code, detail: detail ?? title, action, errors }, exit: exitOfStatus(error.status) }
  }
  if (error instanceof Problem) {
    const detail = error.extras.detail ?? error.message
    return { document: { code: error.code, detail, errors: error.extras.errors }, exit: exitOfStatus(error.status) }
  }
  if (error instanceof RegistryProblem) {
    return { document: { code: error.code, detail: error.detail, action: error.action }, exit: exits.unavailable }
  }
  if (error instanceof LinkageError) {
    const { code, message, action } = error
    const { errors, ...numbers } = error.detail
    return { document: { code, detail: message, action, errors, numbers }, exit: exits.input }
  }
  const system = error as NodeJS.ErrnoException
  if (system.code === 'ENOENT') {
    return { document: { code: 'file_not_found', detail: `There is no file ${system.path}.` }, exit: exits.input }
  }
  return {
    document: {
      code: 'internal_error',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    },
    exit: exits.internal,
  }
}

function exitOfStatus(status: number): number {
  if (status === 401 || status === 403) return exits.not_permitted
  if (status === 503 || status === 507) return exits.unavailable
  return status >= 500 ? exits.internal : exits.input
}
