// Every write of every room, once and ten times at once, over two apps on one registry. `npm run check:twins` sends twice
// too, over two processes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '#registry/audit/verify.ts'
import { twoApps } from './two-apps.ts'

let twins: Awaited<ReturnType<typeof twoApps>>
beforeAll(async () => {
  twins = await twoApps([1, 10])
})
afterAll(async () => twins.close())

test('F63: of every write sent at once one takes effect and the others are told', async () => {
  const findings = await twins.acting.live(twins.steps, (finding) => console.error(JSON.stringify(finding)))
  expect(findings).toEqual([])
  expect((await verifyAudit(twins.registry)).problems).toEqual([])
  // Not how long it takes, but that it ends: a request that is never answered is a finding too.
}, 1_200_000)
