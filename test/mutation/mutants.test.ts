import { describe, expect, test } from 'vitest'
import { mutantsOf, type Mutant } from './mutants.ts'
import { drawMutants } from './sample.ts'
import { switched } from './switched.ts'

const madeOf = (text: string): string[] => mutantsOf('a.ts', text).map(({ from, to }) => `${from} -> ${to}`)

describe('mutants', () => {
  test('of a comparison both sides of its boundary and its opposite, of numbers the next one', () => {
    expect(madeOf('export const f = (a: number) => a < 3')).toEqual([
      'a < 3 -> (a) <= (3)',
      'a < 3 -> (a) >= (3)',
      '3 -> 4',
    ])
  })

  test('of conditions their opposite and their branch, of statements none at all', () => {
    expect(madeOf('function f(a: boolean) { if (a) return 1n; else g(); throw new Error("x") }')).toEqual([
      'a -> !(a)',
      'g(); -> ',
      '1n -> undefined',
      '1n -> 2n',
      'g(); -> ',
      'throw new Error("x") -> ',
    ])
  })

  test('an optional chain that does not ask, a fallback that is missing', () => {
    expect(madeOf('export const f = (a?: { b?: number[] }) => a?.b?.[0] ?? 7')).toEqual([
      'a?.b?.[0] ?? 7 -> a?.b?.[0]',
      'a?.b?.[0] -> a?.b[0]',
      'a?.b?.[0] -> a.b?.[0]',
      '0 -> 1',
      '7 -> 8',
    ])
  })

  test('types, imports, names of properties, texts of errors and prose are left alone', () => {
    const text = `
      import { x } from 'x'
      export type Side = 'left' | 'right'
      interface Of { n: 1 }
      export const of = { 'a-b': x as 'left', [x]: x satisfies Side }
      export function no(): never { throw new Error('no') }
      export const say = () => 'what people are told'`
    expect(madeOf(text)).toEqual(["throw new Error('no') -> "])
  })

  test('texts, arrays and truth turned; addition of texts is no arithmetic', () => {
    expect(madeOf("export const f = ['a' + g, true, !h]")).toEqual([
      "['a' + g, true, !h] -> []",
      "'a' -> ''",
      'true -> false',
      '!h -> h',
    ])
  })

  test('lines are those of the file', () => {
    expect(
      mutantsOf('a.ts', '// 人\n\nexport const a = `人` + (1 - x)\n').map(({ line, from }) => [line, from]),
    ).toEqual([
      [3, '`人`'],
      [3, '1 - x'],
      [3, '1'],
    ])
  })
})

/** The value of `export const f` with this mutant on. */
async function valueOf(text: string, on: number): Promise<unknown> {
  const mutants = drawMutants(mutantsOf('a.ts', text), undefined, 1)
  const code = switched('a.ts', text, mutants, '').replace(
    "import { on as mutantOn } from '';",
    `const mutantOn = (id) => id === ${on};`,
  )
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return module && typeof module === 'object' && 'f' in module ? module.f : undefined
}

describe('one text with all its mutants', () => {
  test('does what it did while none is on, and what each does while it is on', async () => {
    const text = 'const a = 5\nexport const f = a > 4 && a < 6 ? [a - 1] : "no"\n'
    const mutants = drawMutants(mutantsOf('a.ts', text), undefined, 1)
    expect(await valueOf(text, 0)).toEqual([4])
    const values = await Promise.all(mutants.map(async ({ id, to }) => [to, await valueOf(text, id)]))
    expect(values).toContainEqual(['!(a > 4 && a < 6)', 'no'])
    expect(values).toContainEqual(['(a) <= (4)', 'no'])
    expect(values).toContainEqual(['(a) + (1)', [6]])
    expect(values).toContainEqual(['[]', []])
    // What makes no difference here.
    const same = values.filter(([, value]) => JSON.stringify(value) === '[4]').map(([to]) => to)
    expect(same).toEqual(['(a > 4) || (a < 6)', '(a) >= (4)', '(a) <= (6)', '7', "''"])
  })

  test('statements without semicolons stay statements; lines stay where they are', async () => {
    const text =
      'let n = 0\nconst add = () => n++\nadd()\nn > 5 || add()\nif (n) add()\nelse n = 9\nexport const f = n\n'
    expect(await valueOf(text, 0)).toBe(3)
    const mutants = drawMutants(mutantsOf('a.ts', text), undefined, 1)
    expect(switched('a.ts', text, mutants, 'x').split('\n')).toHaveLength(text.split('\n').length)
    const leftOut = mutants.find(({ line, shape }) => line === 3 && shape === 'statement')
    expect(await valueOf(text, leftOut?.id ?? 0)).toBe(2)
  })
})

test('a seed draws the same sample, another seed another', () => {
  const all = mutantsOf('a.ts', `export const f = [${Array.from({ length: 60 }, (_, n) => n).join(', ')}]`)
  const placesOf = (list: readonly Mutant[]) => list.map(({ at, to }) => `${at.start} ${to}`)
  const first = placesOf(drawMutants(all, 20, 7))
  expect(first).toHaveLength(20)
  expect(placesOf(drawMutants(all.toReversed(), 20, 7))).toEqual(first)
  expect(placesOf(drawMutants(all, 20, 8))).not.toEqual(first)
  expect(drawMutants(all, 500, 7)).toHaveLength(all.length)
})
