import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RegistryProblem, errorCode, registryProblem } from '../problem.ts'

/**
 * The keys that lie outside the database. `current` encrypts; older ones still decrypt. The search hash and the seals
 * are derived from the first key and stay the same when the encryption key is renewed.
 */
export interface Keys {
  current: string
  encryption: ReadonlyMap<string, Buffer>
  /** Derives a 32-byte key for one purpose ('search', 'seal', 'role:doorstep_app', ...). */
  derive(purpose: string): Buffer
}

const derive = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'doorstep', purpose, 32))

/** Builds the keys from 32-byte secrets by id; the first entry is the root of everything derived. */
export function keysFrom(secrets: Record<string, Buffer>, current: string): Keys {
  const [root] = Object.values(secrets)
  if (!root || !secrets[current]) throw new Error('no secret key')
  const encryption = new Map(Object.entries(secrets).map(([id, secret]) => [id, derive(secret, 'encryption')]))
  const derived = new Map<string, Buffer>()
  return {
    current,
    encryption,
    derive(purpose) {
      const key = derived.get(purpose) ?? derive(root, purpose)
      derived.set(purpose, key)
      return key
    },
  }
}

/** Reads a secret given by settings: 32 bytes or more as hexadecimal or base64. */
export function parseSecret(text: string): Buffer {
  const trimmed = text.trim()
  const bytes = /^[0-9a-fA-F]{64,}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (bytes.length < 32) {
    throw new RegistryProblem(
      'registry_secret_weak',
      'DOORSTEP_SECRET_KEY is shorter than 32 bytes.',
      'Make one with: node -p "crypto.randomBytes(32).toString(\'base64\')".',
    )
  }
  return bytes
}

/**
 * The keys of a registry: from settings when given, else from `data_dir/secret.key`, made at the first start with
 * mode 0600. Without this file the encrypted columns cannot be read: back it up apart from the database.
 */
export function loadKeys(data_dir: string, secret_key?: string): Keys {
  const file = join(data_dir, 'secret.key')
  if (!secret_key && !existsSync(file)) {
    try {
      mkdirSync(data_dir, { recursive: true, mode: 0o755 })
      makeKeyFile(file)
    } catch (error) {
      throw registryProblem(error, data_dir) ?? error
    }
  }
  const keys = findKeys(data_dir, secret_key)
  if (!keys) throw new Error(`${file} was removed while it was read`)
  return keys
}

/** As `loadKeys`, but nothing is made: null where there is no key yet. */
export function findKeys(data_dir: string, secret_key?: string): Keys | null {
  if (secret_key) return keysFrom({ '1': parseSecret(secret_key) }, '1')
  const file = join(data_dir, 'secret.key')
  if (!existsSync(file)) return null
  try {
    const { current, keys } = JSON.parse(readFileSync(file, 'utf8')) as {
      current: string
      keys: Record<string, string>
    }
    return keysFrom(Object.fromEntries(Object.entries(keys).map(([id, text]) => [id, parseSecret(text)])), current)
  } catch (error) {
    throw registryProblem(error, data_dir) ?? error
  }
}

function makeKeyFile(file: string): void {
  const content = JSON.stringify({ current: '1', keys: { '1': randomBytes(32).toString('base64') } })
  try {
    writeFileSync(file, `${content}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600)
  } catch (error) {
    // Another process was first.
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/**
 * Encrypts one value for a column (AES-256-GCM): `v1.<key id>.<base64url of nonce, ciphertext, tag>`. `column`
 * ('person.national_id') is bound to it: a value moved to another column does not decrypt.
 */
export function encrypt(keys: Keys, column: string, value: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(keys, keys.current), nonce)
  cipher.setAAD(Buffer.from(column))
  const sealed = Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${keys.current}.${sealed.toString('base64url')}`
}

/** Reads what `encrypt` wrote. Throws `registry_secret_unreadable` for another key, column or a changed value. */
export function decrypt(keys: Keys, column: string, sealed: string): string {
  const [version, id, body] = sealed.split('.')
  try {
    if (version !== 'v1' || id === undefined || body === undefined) throw new Error('not an encrypted value')
    const bytes = Buffer.from(body, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', keyOf(keys, id), bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(column))
    decipher.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new RegistryProblem(
      'registry_secret_unreadable',
      `A value of ${column} cannot be decrypted with the key at hand.`,
      'Give the secret key this registry was written with (secret.key or DOORSTEP_SECRET_KEY).',
      error,
    )
  }
}

/** As `decrypt`; null where the value was sealed with another key or was damaged, so that one does not stop many. */
export function decryptOr(keys: Keys, column: string, sealed: string): string | null {
  try {
    return decrypt(keys, column, sealed)
  } catch (error) {
    if (error instanceof RegistryProblem && error.code === 'registry_secret_unreadable') return null
    throw error
  }
}

/** What tells one registry's key from another's without telling the key: 16 hexadecimal digits. */
export const keyFingerprint = (keys: Keys): string => keys.derive('fingerprint').toString('hex').slice(0, 16)

const prepared = new WeakMap<Buffer, KeyObject>()

/**
 * A key as Node takes it fastest: prepared once, a short value's encryption takes 6 microseconds for 19, its keyed hash 5
 * for 27 (Node 24).
 */
export function preparedKey(key: Buffer): KeyObject {
  const known = prepared.get(key) ?? createSecretKey(key)
  prepared.set(key, known)
  return known
}

/** The AES key of an id, for what is sealed elsewhere (files); throws where there is none. */
export function keyOf(keys: Keys, id: string): KeyObject {
  const key = keys.encryption.get(id)
  if (!key) throw new Error(`no key ${id}`)
  return preparedKey(key)
}

/** Keyed hash (HMAC-SHA256, hexadecimal) for equality search; `kind` ('national_id') keeps the kinds apart. */
export function searchHash(keys: Keys, kind: string, value: string): string {
  return createHmac('sha256', preparedKey(keys.derive(`search:${kind}`)))
    .update(value.normalize('NFKC').trim().toUpperCase())
    .digest('hex')
}

/** Whether two strings are equal, in a time that does not tell where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * What is shown of a personal number where its reader has not said why: a short keyed code, '#A1B2', equal for equal
 * numbers. Never a part of the number: of many of the world's numbers the rest is the place and the day of birth, which
 * stand beside it. Of 65,536 codes: it tells namesakes apart and proves nothing.
 */
export function numberCode(keys: Keys, number: string): string {
  return codeOfHash(searchHash(keys, 'national_id', number.normalize('NFKC').replace(/[\s'-]/g, '')))
}

/** The same of a number's hash as the tables keep it (`searchHash` of kind 'national_id'). */
export const codeOfHash = (hash: string): string => `#${hash.slice(0, 4).toUpperCase()}`
