import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '#door/settings.ts'
import { importsOf, root, sources, withoutComments } from '#test/house.ts'
import { openWorld, type World } from '#test/world.ts'

// The synthetic country's truth lies in files that only synthetic/ reads. Were it reachable from a room, every figure
// of the demonstration would be worthless; so each way in is looked at.
let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

test('no table or view of the registry holds a column of the truth', async () => {
  const { rows } = await sql<{ name: string }>`select table_name || '.' || column_name as name
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
      and (column_name like 'true\\_%' or column_name like '%truth%' or table_name like '%truth%')`.execute(
    world.registry.owner,
  )
  expect(rows).toEqual([])
})

test('no route answers or takes it', async () => {
  const response = await world.request('/api/openapi.json')
  expect(response.status).toBe(200)
  const document = await response.text()
  expect(document).toContain('"/api/session"')
  expect(document.match(/"[^"]{0,200}(?:\btrue_|truth|synthetic)[^"]*"/g) ?? []).toEqual([])
})

test('rooms open no file, start no program and reach no other database', () => {
  const reach = /^(?:node:)?(?:fs|fs\/promises|child_process|worker_threads|net|http|https|module|vm)$|duckdb|^pg$/
  const reached = sources(['cycle'])
    .filter((file) => !['cycle/doc.ts', 'cycle/architecture.ts', 'cycle/request-road.ts'].includes(file.path))
    .flatMap((file) =>
      importsOf(file.text)
        .filter((name) => reach.test(name))
        .map((name) => `${file.path} imports ${name}`),
    )
  expect(reached).toEqual([])
})

test('rooms, door, registry, packs and engines never name it', () => {
  const named = sources(['cycle', 'door', 'registry', 'packs', 'engines']).filter((file) =>
    /\btruth\/|_truth\b|\btrue_(?:poor|household|person|net|main)/.test(withoutComments(file.text)),
  )
  expect(named.map((file) => file.path)).toEqual([])
})

test('no setting leads to it', () => {
  const settings = readSettings({}, root)
  expect(Object.entries(settings).filter((entry) => /truth|world|synthetic/i.test(entry.join(' ')))).toEqual([])
})
