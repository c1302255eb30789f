import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { encrypt, keysFrom } from '#registry/secrets/secrets.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { family, sendCard, sons_family } from '#test/steps/families.ts'
import { linking } from '#test/steps/standing.ts'
import { openWorld, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test('F64: a card sealed with another key is set aside and named; the rest of the county is matched', async () => {
  await sendCard(world, { instance_id: 'uuid:readable', surveyed_on: '2014-04-20', members: family })
  await sendCard(world, { instance_id: 'uuid:foreign', surveyed_on: '2014-04-21', members: sons_family }, 2)
  const foreign = encrypt(
    keysFrom({ '1': Buffer.alloc(32, 'another') }, '1'),
    'submission.answers',
    '360781198811020377',
  )
  await transact(world.registry, SYSTEM, (tx) =>
    sql`update submission set answers = jsonb_set(answers, '{members,0,national_id}', ${JSON.stringify(foreign)}::jsonb)
      where county_code = ${world.county_code} and instance_id = 'uuid:foreign'`.execute(tx),
  )
  const acts = linking(world)
  expect(await acts.run()).toMatchObject({ households_created: 1, unreadable: ['uuid:foreign'] })
  // It waits: the next run finds and names it again.
  expect(await acts.run()).toMatchObject({ households_created: 0, unreadable: ['uuid:foreign'] })
})
