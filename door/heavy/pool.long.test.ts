import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { devour, double, fail, forever, leave, refuse } from './work.testing.ts'
import { heavy, heavyParts } from './pool.ts'

const work = new URL('./work.testing.ts', import.meta.url)
const codeOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message
  }
}

test('work gives its result, its parts, its problem; what it did not foresee stays an error', async () => {
  expect(await heavy<typeof double>(work, 'double', [[1, 2, 3]])).toEqual([2, 4, 6])
  const got: number[][] = []
  await heavyParts<number[]>(work, 'parts', [3], (part) => got.push(part))
  expect(got).toEqual([
    [0, 0],
    [1, 1],
    [2, 4],
  ])
  await expect(heavy<typeof refuse>(work, 'refuse', [])).rejects.toMatchObject({
    code: 'body_too_large',
    extras: { detail: 'as the work said' },
  })
  await expect(heavy<typeof fail>(work, 'fail', [])).rejects.toThrow(/not foreseen/)
})

test('work that does not end is ended, and the thread that answers never waited for it', async () => {
  const call = codeOf(heavy<typeof forever>(work, 'forever', [], { seconds: 1.5 }))
  let longest = 0
  const until = performance.now() + 1000
  while (performance.now() < until) {
    const before = performance.now()
    await sleep(5)
    longest = Math.max(longest, performance.now() - before)
  }
  expect(await call).toBe('took_too_long')
  // The machine may be busy; the work itself would have held the thread for the whole second.
  expect(longest).toBeLessThan(900)
  expect(await heavy<typeof double>(work, 'double', [[4]])).toEqual([8])
})

test('work that takes all memory ends alone', async () => {
  // On a busy machine the limit of time may come first: either way it ends, and alone.
  const code = await codeOf(heavy<typeof devour>(work, 'devour', [], { seconds: 45 }))
  expect(['needs_too_much', 'took_too_long']).toContain(code)
  expect(await heavy<typeof double>(work, 'double', [[5]])).toEqual([10])
}, 400_000)

test('who leaves frees the worker; more than the queue holds are told to come again', async () => {
  const client = new AbortController()
  const calls = Array.from({ length: 30 }, () =>
    codeOf(heavy<typeof forever>(work, 'forever', [], { signal: client.signal })),
  )
  await sleep(50)
  client.abort()
  const codes = await Promise.all(calls)
  expect(new Set(codes)).toEqual(new Set(['client_left', 'too_busy']))
  expect(codes.filter((code) => code === 'too_busy').length).toBeGreaterThan(0)
  expect(await heavy<typeof double>(work, 'double', [[6]])).toEqual([12])
})

test('a worker that has ended is given no more work', async () => {
  await expect(heavy<typeof leave>(work, 'leave', [])).rejects.toThrow(/ended before/)
  // A dead one would hear nothing, and the call would end with its time.
  expect(await heavy<typeof double>(work, 'double', [[7]])).toEqual([14])
})

test('what came of the work is let go, though its signal lives on (F67)', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const client = new AbortController()
  const result = await (async () => {
    const got: number[][] = []
    await heavyParts<number[]>(work, 'parts', [3], (part) => got.push(part), { signal: client.signal })
    expect(got).toHaveLength(3)
    return new WeakRef(got)
  })()
  for (let tries = 0; tries < 50 && result.deref() !== undefined; tries += 1) {
    await sleep(20)
    collect()
  }
  expect(result.deref()).toBeUndefined()
  expect(client.signal.aborted).toBe(false)
})
