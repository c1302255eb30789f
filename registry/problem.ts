/**
 * What can go wrong below the door, with a stable code, what happened and what to do about it.
 * The door turns these into problem documents; the command line prints `detail` and `action`.
 */
export class RegistryProblem extends Error {
  readonly code: string
  readonly detail: string
  readonly action: string

  constructor(code: string, detail: string, action: string, cause?: unknown) {
    super(`${code}: ${detail} ${action}`, cause === undefined ? undefined : { cause })
    this.name = 'RegistryProblem'
    this.code = code
    this.detail = detail
    this.action = action
  }
}

/** The SQLSTATE or system error code of an unknown error, or ''. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The constraint a database error names, without the shard number that Citus appends (`person_pkey_102637`). */
export function constraintOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('constraint' in error)) return null
  return typeof error.constraint === 'string' ? error.constraint.replace(/_\d+$/, '') : null
}

export function diskFull(where: string, cause?: unknown): RegistryProblem {
  return new RegistryProblem(
    'registry_disk_full',
    `The disk that holds ${where} is full.`,
    'Free space there or choose another folder with DOORSTEP_DATA; what was acknowledged is safe.',
    cause,
  )
}

export function unwritable(where: string, cause?: unknown): RegistryProblem {
  return new RegistryProblem(
    'registry_data_dir_unwritable',
    `The data folder ${where} cannot be written.`,
    'Give this user write access to it, or choose another folder with DOORSTEP_DATA.',
    cause,
  )
}

/** Recognises a full or unwritable disk, or a lost server, in any error; null where it is something else. */
export function registryProblem(error: unknown, where = 'the registry'): RegistryProblem | null {
  if (error instanceof RegistryProblem) return error
  const code = errorCode(error)
  if (code === '53100' || code === 'ENOSPC' || code === 'EDQUOT') return diskFull(where, error)
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR') return unwritable(where, error)
  if (isConnectionLoss(error)) {
    return new RegistryProblem(
      'registry_unreachable',
      `The registry's database does not answer (${errorMessage(error)}).`,
      'Check that the server runs and that DATABASE_URL is right, then try again.',
      error,
    )
  }
  return null
}

// 08*: connection exceptions; 57P01..3: shut down, crashed, starting up; the rest are the sockets' own.
export function isConnectionLoss(error: unknown): boolean {
  const code = errorCode(error)
  return (
    code.startsWith('08') ||
    ['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(
      code,
    ) ||
    /Connection terminated|timeout expired/.test(errorMessage(error))
  )
}
