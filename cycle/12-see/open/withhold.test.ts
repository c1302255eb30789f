// F61, F83: small cells are withheld over the whole hierarchy, and cannot be worked out again.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attack } from '#test/open-data/attack.ts'
import { openPage, openTable, type Place, type Rows } from './table.ts'
import { no_counts, smallest_cell } from '../see.ts'
import { withhold, type Area } from './withhold.ts'

const first = [{ name: 'households', base: null, columns: ['households'] }]
const under = (counts: number[]): (number | null)[] => {
  const children: Area[] = counts.map((households, index) => ({
    area_code: `P${index}`,
    parent_code: 'P',
    counts: { households },
  }))
  const sum = counts.reduce((total, count) => total + count, 0)
  const told = withhold([{ area_code: 'P', parent_code: null, counts: { households: sum } }, ...children], first, 5)
  return [...counts.keys()].map((index) => told.get(`P${index}`)?.['households'] ?? null)
}

describe('small cells', () => {
  test('are withheld, and a second one where a single gap could be worked out', () => {
    expect(under([40, 3, 12, 0])).toEqual([40, null, null, 0])
    expect(under([40, 3, 2, 12])).toEqual([40, null, null, 12])
    expect(under([40, 12])).toEqual([40, 12])
  })

  test('end at the smallest that is told', () => {
    expect(smallest_cell).toBe(5)
    expect(under([40, 30, smallest_cell])).toEqual([40, 30, smallest_cell])
    expect(under([40, 30, smallest_cell - 1])).toEqual([40, null, null])
    expect(under([40, 30, 1])).toEqual([40, null, null])
    expect(under([40, 30, 0])).toEqual([40, 30, 0])
  })

  test('do not come back on the child’s own page, nor below it', () => {
    const areas: Area[] = [
      { area_code: 'N', parent_code: null, counts: { households: 60 } },
      { area_code: 'A', parent_code: 'N', counts: { households: 3 } },
      { area_code: 'B', parent_code: 'N', counts: { households: 12 } },
      { area_code: 'B1', parent_code: 'B', counts: { households: 6 } },
      { area_code: 'B2', parent_code: 'B', counts: { households: 6 } },
      { area_code: 'C', parent_code: 'N', counts: { households: 45 } },
    ]
    const told = withhold(areas, first, 5)
    const shown = Object.fromEntries([...told].map(([code, values]) => [code, values['households']]))
    expect(shown).toEqual({ N: 60, A: null, B: null, B1: null, B2: null, C: 45 })
  })
})

const levels = [
  { level: 'nation', code_length: 1 },
  { level: 'county', code_length: 2 },
  { level: 'township', code_length: 3 },
  { level: 'village', code_length: 4 },
]

interface Household {
  village: number
  registered: number
  helped: boolean[]
  exited: number
  cause: number
  people: number
}

/** A small country: villages two levels below counties, and what became of each household. */
const country = fc.record({
  villages: fc.array(fc.tuple(fc.nat(1), fc.nat(1), fc.nat(3)), { minLength: 2, maxLength: 9 }),
  households: fc.array(
    fc.record({
      village: fc.nat(8),
      registered: fc.integer({ min: -1, max: 1 }),
      helped: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
      exited: fc.integer({ min: -1, max: 1 }),
      cause: fc.integer({ min: -1, max: 2 }),
      people: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 5, maxLength: 160, size: 'max' },
  ),
})

function pagesOf(villages: readonly (readonly number[])[], households: readonly Household[]) {
  const codes = [...new Set(villages.map((path) => `N${path.join('')}`))]
  const places = new Map<string, Place>()
  for (const code of codes)
    for (let length = 1; length <= 4; length += 1) {
      const area_code = code.slice(0, length)
      const level = levels[length - 1]?.level ?? ''
      places.set(area_code, {
        area_code,
        parent_code: length === 1 ? null : code.slice(0, length - 1),
        level,
        name: { en: '', zh: '' },
      })
    }
  const rows: Rows = { counts: [], causes: [], years: [] }
  for (const each of households) {
    const area_code = codes[each.village % codes.length] ?? ''
    const on = each.registered >= 0
    const out = on && each.exited >= 0
    const given = on ? each.helped : []
    rows.counts.push({
      ...no_counts,
      area_code,
      households: 1,
      people: each.people,
      registered: Number(on),
      helped: Number(given.includes(true)),
      exited: Number(out),
      poor_now: Number(on && !out),
      poor_people: on && !out ? each.people : 0,
    })
    if (on && each.cause >= 0) rows.causes.push({ area_code, cause: String(each.cause), households: 1 })
    for (const year of [0, 1])
      rows.years.push({
        area_code,
        year,
        registered: Number(on && each.registered === year),
        helped: Number(given[year] === true),
        exited: Number(out && each.exited === year),
      })
  }
  const table = openTable([...places.values()], rows, levels)
  const pages = [...places.values()].map((place) => openPage(table, place, place.area_code.length >= 4))
  const parents = new Map([...places.values()].map((place) => [place.area_code, place.parent_code]))
  return { pages, parents }
}

test('nobody works a withheld count out, whatever the country', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(country, async ({ villages, households }) => {
      const { pages, parents } = pagesOf(villages, households)
      const known = await attack(pages, parents)
      const narrow = known.filter((cell) => cell.greatest - cell.least < smallest_cell - 1)
      expect(narrow).toEqual([])
    }),
    { numRuns: Number(process.env['OPEN_DATA_RUNS'] ?? 12) },
  )
})

test('all registered in one year: the year says what the total says, and is not withheld', () => {
  const here = (village: number, registered: number, count: number): Household[] =>
    Array.from({ length: count }, () => ({ village, registered, helped: [], exited: -1, cause: -1, people: 1 }))
  const villages = [
    [0, 0, 0],
    [0, 1, 0],
  ]
  const { pages } = pagesOf(villages, [...here(0, 0, 2), ...here(0, -1, 3), ...here(1, 0, 3), ...here(1, -1, 2)])
  const [nation] = pages
  expect(nation?.registered).toBe(5)
  expect(nation?.by_year.map((each) => each.registered)).toEqual([5, 0])
})

test('an attack on pages that withhold small cells alone does find them: it is no blind test', async () => {
  const villages = [
    [0, 0, 0],
    [0, 0, 1],
    [0, 0, 2],
  ]
  const households: Household[] = [30, 20, 3].flatMap((count, village) =>
    Array.from({ length: count }, () => ({
      village,
      registered: 0,
      helped: [true, false],
      exited: -1,
      cause: 0,
      people: 2,
    })),
  )
  const { pages, parents } = pagesOf(villages, households)
  const careless = pages.map((page) => {
    const sizes = [30, 20, 3]
    const open = (code: string) => (code.length === 4 ? (sizes[Number(code[3])] ?? 0) : 53)
    const shown = (value: number) => (value < smallest_cell ? null : value)
    return {
      ...page,
      households: shown(open(page.area_code)),
      children: page.children.map((child) => ({ ...child, households: shown(open(child.area_code)) })),
    }
  })
  const known = await attack(careless, parents)
  expect(known.find((cell) => cell.area_code === 'N002' && cell.column === 'households')).toMatchObject({
    least: 3,
    greatest: 3,
  })
})
