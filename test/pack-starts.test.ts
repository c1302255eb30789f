// What `pack check` calls in order starts on an empty registry.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LEVELS } from '#packs/areas.ts'
import { checkPack } from '#packs/check/check.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { readMigrations } from '#registry/migrate.ts'
import type { Registry } from '#registry/open.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { placeAreas } from '#server/place/areas.ts'
import { publishForms } from '#cycle/01-survey/forms/publish.ts'
import { packNames, root } from './house.ts'

const small = (await loadPack(`${root}packs/costa-rica-2014`)).pack!
let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
})
afterAll(() => registry.close())

/** What the start does with a pack on an empty registry, undone again; the error, or null. */
async function start(pack: Pack): Promise<string | null> {
  const undone = new Error('undone')
  return await transact(registry, SYSTEM, async (tx) => {
    await placeAreas(tx, pack)
    await publishForms(tx, pack, '2014-04-01T00:00:00.000Z')
    throw undone
  }).then(
    () => null,
    (error: unknown) => (error === undone ? null : String(error)),
  )
}

test('the levels that a check knows are those of the registry', () => {
  const ground = readMigrations().find((migration) => migration.sql.includes('area_level_check'))?.sql ?? ''
  const listed = /area_level_check check \(level in \(([^)]*)\)/.exec(ground)?.[1]?.replaceAll("'", '').split(', ')
  expect([...LEVELS]).toEqual(listed)
})

test.each(packNames())('%s is in order, and starts', async (name) => {
  const { pack } = await loadPack(`${root}packs/${name}`)
  expect(checkPack(pack!).filter((each) => each.code === 'pack_bad_area')).toEqual([])
  expect(await start(pack!)).toBeNull()
})

const area = (edit: (text: string) => string): Pack => ({
  ...small,
  area_files: Object.fromEntries(Object.entries(small.area_files).map(([name, text]) => [name, edit(text)])),
})
const level = (from: string, to: string): Pack => ({
  ...area((text) => text.replaceAll(`,${from},`, `,${to},`)),
  levels: small.levels.map((each) => (each.level === from ? { ...each, level: to } : each)),
})

test.each<[string, Pack]>([
  ['a level that the registry does not keep', level('county', 'district')],
  ['a level of the registry by another name', level('village', 'hamlet')],
  ['no day of the calendar', area((text) => text.replace(/\d{4}-\d{2}-\d{2}/, '2014-02-30'))],
  ['a code outside its parent', { ...area((text) => text.replaceAll('CR02', 'XX02')), area_codes: { nested: false } }],
  ['a code twice', area((text) => `${text.trimEnd()}\n${text.trimEnd().split('\n').at(-1)}\n`)],
  [
    'half a person',
    area((text) => text.replace(/^(CR0101,(?:(?:"[^"]*"|[^,"]*),){6})[^,]*/m, (_, head: string) => `${head}10.5`)),
  ],
])('%s: the start would die, so the check says so', async (_, pack) => {
  expect(await start(pack)).not.toBeNull()
  expect(checkPack(pack).filter((each) => each.code === 'pack_bad_area')).not.toEqual([])
})
