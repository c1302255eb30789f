import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { problem } from './problems.ts'

const flag = z
  .enum(['', '0', '1', 'true', 'false', 'yes', 'no'])
  .transform((text) => ['1', 'true', 'yes'].includes(text))

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  DOORSTEP_HOST: z.string().min(1).default('127.0.0.1'),
  DOORSTEP_DATA: z.string().min(1).default('.doorstep'),
  DOORSTEP_PACK: z.string().min(1).default('packs/china-2014'),
  DOORSTEP_DEMO: flag.optional(),
  DOORSTEP_SECRET_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits (32 bytes)')
    .optional(),
  DOORSTEP_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DOORSTEP_SECURE_COOKIES: flag.optional(),
  DOORSTEP_STATEMENT_SECONDS: z.coerce.number().positive().max(86_400).default(60),
  DOORSTEP_JOB_STATEMENT_SECONDS: z.coerce.number().positive().max(86_400).default(3600),
  DOORSTEP_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
})

/** The variables of the environment that are read, each described in docs/operations.md. */
export const setting_names: readonly string[] = Object.keys(schema.shape)

export interface Settings {
  port: number
  host: string
  data_dir: string
  pack_dir: string
  /** The demo world and its one-click sign-in: on unless a server's DATABASE_URL is given. */
  demo: boolean
  secret_key: string | undefined
  public_url: string | undefined
  secure_cookies: boolean
  /** Proxies in front of this server whose X-Forwarded-For is believed: limits go by the address before them. */
  trusted_proxies: number
  database_url: string | undefined
  /** How long one statement of a request may take, and one of a job, in milliseconds. */
  statement_ms: number
  job_statement_ms: number
}

function absolute(path: string, root: string): string {
  if (path.startsWith('~/')) return join(homedir(), path.slice(2))
  return isAbsolute(path) ? path : resolve(root, path)
}

/**
 * Read the settings from the environment; relative paths count from `root`.
 * Throws the problem `settings_invalid` naming every wrong variable at once.
 */
export function readSettings(environment: Record<string, string | undefined>, root: string): Settings {
  const given = Object.fromEntries(
    setting_names.map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  )
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    throw problem('settings_invalid', {
      detail: errors.map((error) => `${error.path} ${error.message}`).join('; '),
      errors,
    })
  }
  const settings = parsed.data
  return {
    port: settings.PORT,
    host: settings.DOORSTEP_HOST,
    data_dir: absolute(settings.DOORSTEP_DATA, root),
    pack_dir: absolute(settings.DOORSTEP_PACK, root),
    demo: settings.DOORSTEP_DEMO ?? settings.DATABASE_URL === undefined,
    secret_key: settings.DOORSTEP_SECRET_KEY,
    public_url: settings.DOORSTEP_PUBLIC_URL,
    secure_cookies: settings.DOORSTEP_SECURE_COOKIES ?? settings.DOORSTEP_PUBLIC_URL?.startsWith('https:') ?? false,
    trusted_proxies: settings.DOORSTEP_TRUSTED_PROXIES,
    database_url: settings.DATABASE_URL,
    statement_ms: settings.DOORSTEP_STATEMENT_SECONDS * 1000,
    job_statement_ms: settings.DOORSTEP_JOB_STATEMENT_SECONDS * 1000,
  }
}
