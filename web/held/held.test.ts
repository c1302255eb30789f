import { beforeEach, expect, test, vi } from 'vitest'
import { allHeld, dueNow, GONE_MS, hold, HOLD_MS, isDecided, isLeftOver, sendHeld, takeBack } from './held.ts'

const kept = new Map<string, string>()
beforeEach(() => {
  for (const held of allHeld()) takeBack(held.id)
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
    key: (i: number) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size
    },
  })
})

const request = (path: string) => ({ method: 'POST', path, body: '{}' })
const decision = (subject: string, requests = [request(`/api/${subject}`)]) => ({
  who: 'wang',
  tab: 'tab-1',
  says: subject,
  subjects: [subject],
  requests,
  touches: [],
  drafts: [],
  href: '/',
})

test('a decision waits a minute, counts as decided, and can be taken back without a trace on the server (F4)', () => {
  const id = hold(decision('exit:1'), 1000)
  expect(dueNow('wang', 'tab-1', 1000 + HOLD_MS - 1)).toEqual([])
  expect(dueNow('wang', 'tab-1', 1000 + HOLD_MS).map((each) => each.id)).toEqual([id])
  expect(isDecided('exit:1', 'wang')).toBe(true)
  expect(isDecided('exit:1', 'li')).toBe(false)
  expect(dueNow('li', 'tab-1', 1000 + HOLD_MS)).toEqual([])
  expect(takeBack(id)).toBe(true)
  expect(isDecided('exit:1', 'wang')).toBe(false)
  expect(kept.size).toBe(0)
})

test('what a closed tab did not send is kept and offered by another, not sent by it of its own accord', () => {
  hold(decision('exit:2'), 1000)
  const [held] = allHeld()
  expect(kept.size).toBe(1)
  expect(isLeftOver(held!, 'tab-2', 1000 + HOLD_MS + GONE_MS)).toBe(false)
  expect(isLeftOver(held!, 'tab-2', 1001 + HOLD_MS + GONE_MS)).toBe(true)
  expect(isLeftOver(held!, 'tab-1', 1001 + HOLD_MS + GONE_MS)).toBe(false)
  expect(dueNow('wang', 'tab-2', 9e12)).toEqual([])
})

test('what the server refused stays, with its sentence, and stands open again; a half that was taken is not sent twice', async () => {
  const paths: string[] = []
  let fails = true
  const send = async ({ path }: { path: string }) => {
    if (path === '/b' && fails) throw { title: 'It is decided already.', action: 'Look at it again.' }
    paths.push(path)
  }
  const id = hold(decision('notice:3', [request('/a'), request('/b')]))
  expect(await sendHeld(id, send)).toBeNull()
  expect(allHeld()).toMatchObject([{ state: 'refused', trouble: { title: 'It is decided already.' } }])
  expect(isDecided('notice:3', 'wang')).toBe(false)
  fails = false
  expect(await sendHeld(id, send)).not.toBeNull()
  expect(paths).toEqual(['/a', '/b'])
  expect(allHeld()).toEqual([])
  expect(isDecided('notice:3', 'wang')).toBe(true)
})

test('of one answer that took some and refused others, the refused are told and stand open again', async () => {
  const id = hold({ ...decision('exit:a'), subjects: ['exit:a', 'exit:b'] })
  await sendHeld(id, async () => ({ done: 1, refused: [{ exit_id: 'b', code: 'same_person' }] }))
  expect(allHeld()).toMatchObject([{ state: 'refused', requests: [], refusals: [{ exit_id: 'b' }] }])
  expect(isDecided('exit:a', 'wang')).toBe(true)
  expect(isDecided('exit:b', 'wang')).toBe(false)
})

test('a decision is sent once though two hands press at once, and is not taken back while it is on its way', async () => {
  let count = 0
  const slow = async () => {
    count++
    await new Promise((done) => setTimeout(done, 5))
  }
  const id = hold(decision('exit:4'))
  const both = Promise.all([sendHeld(id, slow), sendHeld(id, slow)])
  expect(takeBack(id)).toBe(false)
  await both
  expect(count).toBe(1)
})

test('a page closed in the middle of sending leaves a decision that is offered again', () => {
  const id = hold(decision('exit:5'), 1000)
  const [held] = allHeld()
  const left = { ...held!, state: 'sending' as const }
  expect(isLeftOver(left, 'tab-1', 2000)).toBe(true)
  expect(isLeftOver(left, 'tab-2', 2000)).toBe(false)
  expect(isLeftOver(left, 'tab-2', 1001 + HOLD_MS + GONE_MS)).toBe(true)
  expect(takeBack(id)).toBe(true)
})
