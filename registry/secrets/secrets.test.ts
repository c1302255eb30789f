import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decrypt, encrypt, keysFrom, loadKeys, codeOfHash, numberCode, parseSecret, searchHash } from './secrets.ts'

const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-secrets-'))
afterAll(() => rmSync(data_dir, { recursive: true, force: true }))

const ID = '000000199001011234'
const COLUMN = 'person.national_id'
const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const keys = keysFrom({ '1': ONE }, '1')

describe('encryption', () => {
  test('gives back what went in, and never twice the same text', () => {
    const [a, b] = [encrypt(keys, COLUMN, ID), encrypt(keys, COLUMN, ID)]
    expect(a).not.toBe(b)
    expect(a).toMatch(/^v1\.1\.[\w-]+$/)
    expect([decrypt(keys, COLUMN, a), decrypt(keys, COLUMN, b)]).toEqual([ID, ID])
    expect(decrypt(keys, COLUMN, encrypt(keys, COLUMN, ''))).toBe('')
    expect(decrypt(keys, COLUMN, encrypt(keys, COLUMN, '李秀英'))).toBe('李秀英')
  })

  test('a changed value, another column, another key and a short tag are refused', () => {
    const sealed = encrypt(keys, COLUMN, ID)
    const flipped = sealed.slice(0, 12) + (sealed[12] === 'A' ? 'B' : 'A') + sealed.slice(13)
    const refused = expect.objectContaining({ code: 'registry_secret_unreadable' }) as Error
    expect(() => decrypt(keys, COLUMN, flipped)).toThrow(refused)
    expect(() => decrypt(keys, 'person.phone', sealed)).toThrow(refused)
    expect(() => decrypt(keysFrom({ '1': TWO }, '1'), COLUMN, sealed)).toThrow(refused)
    expect(() => decrypt(keys, COLUMN, sealed.slice(0, 20))).toThrow(refused)
    expect(() => decrypt(keys, COLUMN, ID)).toThrow(refused)
  })

  test('a renewed key reads the old values, and searching still finds them', () => {
    const renewed = keysFrom({ '1': ONE, '2': TWO }, '2')
    expect(decrypt(renewed, COLUMN, encrypt(keys, COLUMN, ID))).toBe(ID)
    expect(encrypt(renewed, COLUMN, ID)).toMatch(/^v1\.2\./)
    expect(searchHash(renewed, 'national_id', ID)).toBe(searchHash(keys, 'national_id', ID))
  })

  test('search hashes differ by kind and key, not by how a number was typed', () => {
    const hash = searchHash(keys, 'national_id', '11010119900101123x ')
    expect(hash).toBe(searchHash(keys, 'national_id', '１１010119900101123X'))
    expect(hash).not.toBe(searchHash(keys, 'phone', '11010119900101123X'))
    expect(hash).not.toBe(searchHash(keysFrom({ '1': TWO }, '1'), 'national_id', '11010119900101123X'))
  })
})

describe('the code of a number (F48)', () => {
  test('is equal for equal numbers however typed, holds no part of them, and is another under another key', () => {
    const code = numberCode(keys, ID)
    expect(code).toMatch(/^#[0-9A-F]{4}$/)
    expect(numberCode(keys, ` ${ID.slice(0, 6)} ${ID.slice(6).toLowerCase()}`)).toBe(code)
    expect(codeOfHash(searchHash(keys, 'national_id', ID))).toBe(code)
    const others = Array.from({ length: 40 }, (_, i) => numberCode(keys, `${ID.slice(0, 14)}${1000 + i}`))
    expect(new Set(others).size).toBeGreaterThan(35)
    expect(others.filter((each, i) => each.endsWith(String(1000 + i)))).toEqual([])
    expect(numberCode(keysFrom({ '1': TWO }, '1'), ID)).not.toBe(code)
  })
})

describe('the key file', () => {
  test('is made once, for its owner alone, and read again', () => {
    const first = loadKeys(data_dir)
    const file = join(data_dir, 'secret.key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(decrypt(loadKeys(data_dir), COLUMN, encrypt(first, COLUMN, ID))).toBe(ID)
    expect(readFileSync(file, 'utf8')).toContain('"current":"1"')
  })

  test('gives way to settings', () => {
    const given = loadKeys(data_dir, ONE.toString('hex'))
    expect(searchHash(given, 'phone', '1')).toBe(searchHash(keys, 'phone', '1'))
    expect(() => parseSecret('short')).toThrow(expect.objectContaining({ code: 'registry_secret_weak' }) as Error)
  })

  test('in a folder that is a file: a clear problem', () => {
    const file = join(data_dir, 'a-file')
    writeFileSync(file, '')
    expect(() => loadKeys(join(file, 'data'))).toThrow(
      expect.objectContaining({ code: 'registry_data_dir_unwritable' }) as Error,
    )
  })
})
