import { beforeAll, describe, expect, test } from 'vitest'
import { linkTables } from '#engines/linkage/tables.ts'
import type { Step } from '#engines/linkage/session/session.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { inWords, pacer } from './pace.ts'
import { csv, doorstep, inFolder, write } from './testkit.ts'

inFolder()

const { left, right } = sampleCountryside(40, 5)
beforeAll(() => {
  write('left.csv', csv(left))
  write('right.csv', csv(right))
})
const two = [
  '--left',
  'left.csv',
  '--right',
  'right.csv',
  '--model',
  'chinese_person',
  '--households',
  '--out',
  'l.csv',
]

async function onTerminal<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true })
  try {
    return await work()
  } finally {
    if (before) Object.defineProperty(process.stderr, 'isTTY', before)
    else Reflect.deleteProperty(process.stderr, 'isTTY')
  }
}

describe('progress of a run', () => {
  test('on a terminal one line, redrawn and taken away; as JSON a line a table; in a pipe nothing', async () => {
    const drawn = await onTerminal(() => doorstep('link', ...two))
    const lines = drawn.err.split('\r').map((line) => line.trim())
    expect(lines.filter(Boolean).every((line) => /^\d+ % {2}[a-z ]+(, about \d+ (s|min) left)?$/.test(line))).toBe(true)
    expect(lines.find((line) => line.includes('reading the left list'))).toBeDefined()
    expect(lines.at(-1)).toBe('')
    expect(drawn.err).not.toContain('\n')
    const json = await onTerminal(() => doorstep('--json', 'link', ...two))
    const told = json.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told.at(-1)).toMatchObject({ step: 'writing the links', table: 'links_out' })
    const shares = told.map(({ done }: { done: number }) => done)
    expect(shares.every((done: number) => done >= 0 && done < 1)).toBe(true)
    expect((await doorstep('link', ...two)).err).toBe('')
    expect((await doorstep('--json', 'link', ...two)).err).toBe('')
    expect((await doorstep('--json', 'link', ...two, '--progress')).err.trim().split('\n').length).toBe(told.length)
  })

  test('every table of the engine belongs to a stretch in words, and the share only grows', async () => {
    const steps: Step[] = []
    const sides = {
      left: { relation: `read_csv('left.csv', all_varchar = true)` },
      right: { relation: `read_csv('right.csv', all_varchar = true)` },
    }
    await linkTables(sides, chinesePersonModel(), { out: 'x.csv', train: 'all', on_step: (step) => steps.push(step) })
    const pace = pacer({ two_lists: true, one_to_one: true, households: true })
    const words: string[] = []
    let before = 0
    for (const [i, { table, rows }] of steps.entries()) {
      pace.finished(table, rows, i / 10)
      const { words: now, done } = pace.standing(i / 10)
      if (words.at(-1) !== now) words.push(now)
      // sizes are known once both lists are read
      if (/^(reading|encoding)/.test(now)) continue
      expect(done).toBeGreaterThanOrEqual(before)
      before = done
    }
    expect(words).toEqual([
      ...['reading the left list', 'reading the right list', 'encoding the left list', 'encoding the right list'],
      ...[
        'comparing random pairs',
        'counting pairs',
        'comparing pairs',
        'learning from pairs',
        'weighing pairs',
        'weighing households',
      ],
      ...['choosing the best pairs', 'completing households', 'writing the links'],
    ])
    expect(before).toBeGreaterThan(0.85)
  })

  test('time left follows the pace of this machine, and what an earlier run did counts as no time', () => {
    const shape = { two_lists: false, one_to_one: false, households: false }
    const [slow, again] = [pacer(shape), pacer(shape)]
    slow.finished('lk_names_left', 10_000_000, 10)
    slow.finished('lk_rows_left', 10_000_000, 100)
    const { seconds_left, done } = slow.standing(100)
    expect(seconds_left).toBeCloseTo((100 / done) * (1 - done), -1)
    again.finished('lk_names_left', 10_000_000, 0.1, true)
    again.finished('lk_rows_left', 10_000_000, 0.2, true)
    expect(again.standing(0.2)).toMatchObject({ words: 'comparing random pairs', seconds_left: null })
    again.finished('lk_rules', 1, 20)
    expect(again.standing(20).seconds_left).toBeGreaterThan(60)
    again.finished('lk_of_tomorrow', 5, 21)
    expect(again.standing(21).words).toBe('comparing pairs')
    expect([inWords(12), inWords(200), inWords(7500)]).toEqual(['12 s', '3 min', '2 h 05 min'])
  })
})
