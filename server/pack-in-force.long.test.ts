import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { readSettings } from '#door/settings.ts'
import { readPack, type Pack } from '#packs/load.ts'
import { ruleTexts, withRules } from '#packs/overlay.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { makeApp } from './app.ts'
import { makeClient } from './client.ts'
import { tellRules } from './pack-in-force.ts'

// Every draft passes the whole check of the pack, contradictions and all: a second or so each on a busy machine.

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

/** Another process on the same registry, with its own copy of the folder. */
function another(pack: Pack) {
  const settings = readSettings({ DOORSTEP_DEMO: '1' }, fileURLToPath(new URL('..', import.meta.url)))
  const app = makeApp({ registry: world.registry, settings, pack })
  return makeClient('http://doorstep', { fetch: (request) => app.fetch(request) })
}

const renamed = (pack: Pack, name: string): Record<string, string> => {
  const texts = ruleTexts(pack)
  const file = 'rules/indicators.yaml'
  return { ...texts, [file]: texts[file]!.replace('en: A safe house', `en: ${name}`) }
}

async function published(name: string): Promise<{ number: number; pack_hash: string }> {
  const files = renamed(world.pack, name)
  const drafts = (await world.as('wang.jing')).api.rules.drafts
  const { draft_id } = await unwrap(drafts.$post({ json: { title: name, why: 'Plainer words.', files } }))
  const by = (await world.as('deng.kai')).api.rules.drafts[':draft_id']
  return unwrap(by.publish.$post({ param: { draft_id }, json: { revision: 1 } }))
}

const hashOf = async (client: ReturnType<typeof another>) => (await unwrap(client.api.rules.$get())).pack_hash

async function said(folder: Pack): Promise<string[]> {
  const lines: string[] = []
  await tellRules(world.registry, folder, (line) => lines.push(line))
  return lines
}

test('without a publication the folder’s rules hold, and nothing is said', async () => {
  expect(await hashOf(world.client)).toBe(world.pack.pack_hash)
  expect(await said(world.pack)).toEqual([])
})

test('another process follows within a second or so; one that starts later begins with it', async () => {
  const other = another(world.pack)
  expect(await hashOf(other)).toBe(world.pack.pack_hash)
  const { pack_hash } = await published('A house without danger')
  expect(await hashOf(world.client), 'the process that published').toBe(pack_hash)
  await sleep(1100)
  expect(await hashOf(other)).toBe(pack_hash)
  expect(await hashOf(another(world.pack))).toBe(pack_hash)
})

test('at start it is said which rules hold, and when the folder says something else', async () => {
  const { number } = await published('A house without danger')
  expect(await said(world.pack)).toEqual([expect.stringMatching(/version 1 .* published over the folder's$/)])
  const exported = withRules(world.pack, renamed(world.pack, 'A house without danger')).pack!
  expect(await said(exported)).toEqual([expect.stringMatching(/version 1 .* as in the folder$/)])
  const edited = withRules(world.pack, renamed(world.pack, 'Some other words')).pack!
  const [line] = await said(edited)
  expect(line).toContain(`Version ${number}`)
  expect(line).toContain('stays in force')
  expect(line).toContain('doorstep pack draft')
  const book = await unwrap(another(edited).api.rules.$get())
  expect(book.entries.find((each) => each.id === 'indicators.housing')?.label['en']).toBe('A house without danger')
})

test('a folder whose form lost a field that the published rules read is refused in plain words', async () => {
  await published('A house without danger')
  const name = 'forms/household_card.md'
  const form = Buffer.from(world.pack.files.get(name)!).toString('utf8').replaceAll('house_grade', 'house_level')
  const { pack } = readPack(new Map([...world.pack.files, [name, Buffer.from(form)]]))
  await expect(said(pack!)).rejects.toMatchObject({ code: 'rules_do_not_fit' })
  await expect(unwrap(another(pack!).api.rules.$get())).rejects.toMatchObject({
    status: 503,
    problem: { code: 'rules_do_not_fit', detail: expect.stringContaining('house_grade') },
  })
})
