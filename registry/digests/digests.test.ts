import { expect, test } from 'vitest'
import { digestFaults, readDigests } from './keep.ts'
import { readMigrations } from '../migrate.ts'

test('F60: no migration that landed is changed or gone, and every one is written down', () => {
  expect(digestFaults(readMigrations(), readDigests())).toEqual([])
})

test('a change, a loss and a newcomer are told apart', () => {
  const migration = (name: string, sha256: string) => ({ name, sha256, sql: '' })
  const kept = { '0001-a.sql': 'a', '0002-b.sql': 'b' }
  expect(digestFaults([migration('0001-a.sql', 'a'), migration('0002-b.sql', 'b')], kept)).toEqual([])
  expect(digestFaults([migration('0001-a.sql', 'other'), migration('0003-c.sql', 'c')], kept)).toEqual([
    '0002-b.sql is gone: put it back',
    '0001-a.sql was changed after it had landed: put it back and write a new migration',
    '0003-c.sql is new: node registry/digests/keep.ts writes it down',
  ])
})
