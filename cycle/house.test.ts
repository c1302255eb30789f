import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, root, sources, tableNames, tablesRead, tablesWritten, withoutComments } from '#test/house.ts'
import { architectureDocument } from './architecture.ts'
import { cycle } from './cycle.ts'
import { cycleDocument } from './doc.ts'

// Kept by the ground floor and the door; any room may read them (docs/cycle.md).
const ground = ['area', 'account', 'account_role', 'device_key', 'pack_version', 'setting', 'job_run']
const known = tableNames()
const rooms = cycle.map((room) => ({ ...room, files: sources([`cycle/${room.folder}`]) }))
const shared = sources(['cycle']).filter((file) => !/^cycle\/\d\d-/.test(file.path))
const product = ['cycle', 'engines', 'door', 'registry', 'packs', 'server', 'ui', 'web', 'cli']
const isStore = (path: string) => /\/store(?:[\w-]*\.ts$|\/)/.test(path)
const isDemo = (path: string) => /(?:^|\/)(?:demo[\w-]*|testform)\.ts$/.test(path)

describe('every room', () => {
  test.each(rooms)('$folder has its README of at most eight lines, and its routes', ({ folder, files }) => {
    const readme = readFileSync(join(root, 'cycle', folder, 'README.md'), 'utf8')
    const lines = readme.split('\n').filter((line) => line.trim() !== '')
    expect(lines.length).toBeGreaterThanOrEqual(4)
    expect(lines.length).toBeLessThanOrEqual(8)
    expect(files.map((file) => file.path)).toContain(`cycle/${folder}/routes.ts`)
  })

  test.each(rooms)('$folder keeps its SQL in store files', ({ files }) => {
    const sql = /\bsql(?:<[^`]*>)?`|\b(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(/
    const elsewhere = files.filter((file) => !isStore(file.path) && sql.test(withoutComments(file.text)))
    expect(elsewhere.map((file) => file.path)).toEqual([])
  })

  test.each(rooms)('$folder writes its own tables and no others', ({ files, writes }) => {
    const written = new Set(files.flatMap((file) => [...tablesWritten(file.text, known)]))
    expect([...written].sort()).toEqual([...writes].sort())
  })

  test.each(rooms)('$folder reads what cycle.ts says', ({ files, reads, writes }) => {
    const borrowed = shared.filter((file) =>
      files.some((own) => importsOf(own.text).some((name) => name === `#${file.path}`)),
    )
    const read = new Set([...files, ...borrowed].flatMap((file) => [...tablesRead(file.text, known)]))
    const allowed = [...reads, ...writes, ...ground]
    expect([...read].filter((name) => !allowed.includes(name)).sort()).toEqual([])
  })

  test.each(rooms)('$folder imports no other room', ({ folder, files }) => {
    const strangers = files.flatMap((file) =>
      importsOf(file.text)
        .filter((name) => /#cycle\/\d\d-|\.\.\/.*\d\d-/.test(name) && !name.startsWith(`#cycle/${folder}/`))
        .map((name) => `${file.path} imports ${name}`),
    )
    expect(strangers).toEqual([])
  })
})

describe('the campaign', () => {
  test('each table has one writing room, and is read only by later rooms', () => {
    const writer = new Map<string, number>()
    for (const room of cycle) {
      for (const table of room.writes) {
        expect(known, `${table} of ${room.name}`).toContain(table)
        expect(writer.has(table), `${table} is written by two rooms`).toBe(false)
        writer.set(table, room.number)
      }
    }
    const upstream = cycle.flatMap((room) =>
      room.reads.filter((table) => (writer.get(table) ?? 0) >= room.number).map((table) => `${room.name}: ${table}`),
    )
    expect(upstream).toEqual([])
  })

  test('see reads views alone beside the tables of others, and writes nothing', () => {
    expect(cycle.at(-1)).toMatchObject({ name: 'see', writes: [] })
  })

  test('docs/cycle.md is up to date (node cycle/doc.ts)', () => {
    expect(readFileSync(join(root, 'docs/cycle.md'), 'utf8')).toBe(cycleDocument())
  })

  test('docs/architecture.md is up to date (npm run docs:drawings)', () => {
    expect(readFileSync(join(root, 'docs/architecture.md'), 'utf8')).toBe(architectureDocument())
  })
})

describe('the house', () => {
  test('what institutions use never imports the synthetic country', () => {
    const guilty = sources(['cycle', 'engines', 'door', 'registry', 'packs', 'server'])
      .filter((file) => !/^server\/(?:routes\/)?demo/.test(file.path))
      .filter((file) => importsOf(file.text).some((name) => /(?:#|\/)synthetic\//.test(name)))
    expect(guilty.map((file) => file.path)).toEqual([])
  })

  test('no file is longer than 400 lines', () => {
    const long = sources([...product, 'synthetic', 'test'], /\.(?:ts|tsx|js|jsx|css|sql)$/)
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
      .filter((file) => file.lines > 400)
    expect(long).toEqual([])
  })

  test('nothing is typed any', () => {
    const any = /(?::|\bas|<|,|\||=>)\s*any\b(?!\s*[:(])(?=\s*[\])},;>|&=\n[])/
    const typed = sources([...product, 'synthetic', 'test'], /\.tsx?$/).flatMap((file) =>
      withoutComments(file.text)
        .split('\n')
        .filter((line) => any.test(line.replaceAll(/'[^']*'|`[^`]*`|"[^"]*"/g, "''")))
        .map((line) => `${file.path}: ${line.trim()}`),
    )
    expect(typed).toEqual([])
  })

  test('a day is made, counted on and compared in door/day.ts alone', () => {
    // A moment cut to ten characters is Greenwich's day; a database's or browser's own day is wherever that stands.
    const making = [
      /(?<!hash|digest\(['"]hex['"]\)|_id)\.(?:slice|substring|substr)\(0, ?10\)/,
      /\.split\(['"]T['"]\)/,
      /86_?400_?000/,
      /\.(?:get|set)(?:UTC)?(?:Date|Month|FullYear)\(/,
      /dateStyle|toLocaleDateString/,
      /T(?:00:00|23:59)[^'"`]*`/,
      /\bcurrent_date\b/i,
    ]
    const lines = sources(['cycle', 'door', 'packs', 'server', 'web', 'ui', 'cli'], /\.tsx?$/)
      // The reader that drawn tests invent lives in Greenwich; screen parts do not know the door.
      .filter((file) => !['door/day.ts', 'ui/format.ts', 'ui/testing/draw.tsx'].includes(file.path))
      .flatMap((file) =>
        withoutComments(file.text)
          .split('\n')
          .filter((line) => making.some((one) => one.test(line)))
          .map((line) => `${file.path}: ${line.trim()}`),
      )
    expect(lines).toEqual([])
  })

  test('code names no country: that is the packs’ matter', () => {
    // The one line that says which pack is used where nobody chooses one.
    const allowed = ["DOORSTEP_PACK: z.string().min(1).default('packs/china-2014'),"]
    const lines = sources(['cycle', 'engines', 'door', 'registry', 'server'])
      .filter((file) => !isDemo(file.path))
      .flatMap((file) =>
        withoutComments(file.text)
          .split('\n')
          .filter((line) => /\bchina\b|360781|\bCNY\b/i.test(line) && !allowed.includes(line.trim()))
          .map((line) => `${file.path}: ${line.trim()}`),
      )
    expect(lines).toEqual([])
  })
})
