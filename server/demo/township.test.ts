import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '#door/settings.ts'
import { databasesOf } from '#registry/embedded/databases.ts'
import { embeddedFolders } from '#registry/embedded/folders.ts'
import { startEmbedded, type Embedded } from '#registry/embedded/supervisor.ts'
import { prepareDemo } from './first.ts'
import { townshipOf } from './township.ts'
import { township, villages } from './worlds.ts'

const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-demo-'))
const settings = readSettings({ DOORSTEP_DATA: data_dir, DOORSTEP_DEMO: '1' }, data_dir)
const quiet = () => {}
let embedded: Embedded

beforeAll(async () => {
  embedded = await startEmbedded({ data_dir, settings: { fsync: 'off' }, flush_new: false })
})
afterAll(async () => {
  await embedded.stop()
  for (const folder of embeddedFolders(data_dir)) rmSync(folder, { recursive: true, force: true })
})

test('what a killed process left half made goes at the next start, and a whole township takes the villages’ place', async () => {
  const databases = await databasesOf(embedded)
  for (const name of [villages.database, villages.making, township.making]) await databases.create(name)
  const first = await prepareDemo(settings, quiet, quiet)
  expect(await databases.has(villages.making)).toBe(false)
  expect(await databases.has(township.making)).toBe(false)
  expect(await databases.has(villages.database)).toBe(true)

  // Another server on the same folder while the first has it open: nothing is taken from under it.
  await databases.create(township.database)
  const second = await prepareDemo(settings, quiet, quiet)
  expect(await databases.has(township.database)).toBe(true)
  await second.leave()
  await first.leave()

  const third = await prepareDemo(settings, quiet, quiet)
  expect(await databases.has(township.database)).toBe(false)
  expect(await databases.has(villages.database)).toBe(true)
  await third.leave()
  await databases.close()
})

test('a township is opened once, and only where it is whole', async () => {
  const ground = await prepareDemo(settings, quiet, quiet)
  let swapped = 0
  const swap = async () => {
    swapped += 1
  }
  const none = await townshipOf(ground, settings, 'villages', swap)
  expect(none.tell().state).toBe('none')
  expect(await none.open()).toBe(false)
  await ground.databases.create(township.database)
  const whole = await townshipOf(ground, settings, 'villages', swap)
  expect(whole.tell().state).toBe('ready')
  const opened = await Promise.all(Array.from({ length: 10 }, () => whole.open()))
  expect(opened.filter(Boolean)).toHaveLength(1)
  expect(swapped).toBe(1)
  // A registry that holds no villages has nothing to offer.
  expect((await townshipOf(ground, settings, null, swap)).tell().state).toBe('opened')
  await ground.databases.drop(township.database)
  await ground.leave()
})
