import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { RegistryProblem } from '#registry/problem.ts'
import { keyOf, type Keys } from '#registry/secrets/secrets.ts'

// Layout: 1 byte version, 1 byte length of the key id, key id, 12 bytes nonce, ciphertext of the gzip, 16 bytes tag.
const version = 1

/** Bytes as they are kept: gzip, then AES-256-GCM bound to `column`. A 6 KB submission becomes about 2 KB. */
export function sealBytes(keys: Keys, column: string, bytes: Uint8Array): Buffer {
  const key = keyOf(keys, keys.current)
  const id = Buffer.from(keys.current)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(column))
  const head = Buffer.from([version, id.length])
  return Buffer.concat([head, id, nonce, cipher.update(gzipSync(bytes)), cipher.final(), cipher.getAuthTag()])
}

/** The bytes that went in. Throws `registry_secret_unreadable` for another key, another column or a changed byte. */
export function openBytes(keys: Keys, column: string, sealed: Uint8Array): Buffer {
  try {
    const bytes = Buffer.from(sealed)
    const id_end = 2 + (bytes[1] ?? 0)
    if (bytes[0] !== version) throw new Error('not sealed by this registry')
    const key = keyOf(keys, bytes.subarray(2, id_end).toString())
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(id_end, id_end + 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(column))
    decipher.setAuthTag(bytes.subarray(-16))
    return gunzipSync(Buffer.concat([decipher.update(bytes.subarray(id_end + 12, -16)), decipher.final()]))
  } catch (error) {
    throw new RegistryProblem(
      'registry_secret_unreadable',
      `Bytes of ${column} cannot be decrypted with the key at hand.`,
      'Give the secret key this registry was written with (secret.key or DOORSTEP_SECRET_KEY).',
      error,
    )
  }
}
