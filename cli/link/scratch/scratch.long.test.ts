import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { leavesNothing, run, withLists, words } from './scratch.testkit.ts'
import { folder } from '../testkit.ts'

withLists()

describe('what does not fit', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s: neither it nor half a file stays', leavesNothing)

  test('a pipe whose reader has gone: the work is finished, and no file is half written', async () => {
    await run([...words, '--out', 'l.csv'])
    const stop = { signal: 'SIGPIPE' as const, ready: (said: string) => said.includes('lk_rows_left') }
    expect(await run([...words, '--out', 'piped.csv'], stop)).toMatchObject({ code: 0, left: [] })
    expect(readFileSync(join(folder, 'piped.csv'), 'utf8')).toBe(readFileSync(join(folder, 'l.csv'), 'utf8'))
  })

  test('--temp: in a folder of its own there, which need not be there before', async () => {
    const done = await run([...words, '--temp', 'scratch', '--out', 'l.csv'])
    expect(done).toMatchObject({ code: 0, left: [], seen: [] })
    expect(readdirSync(join(folder, 'scratch'))).toEqual([])
  })
})
