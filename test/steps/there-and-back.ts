import { dump, foldedAnew, same, type Dump, type linking } from './standing.ts'
import type { World } from '../world.ts'

/** Withdraw, and take that back: before, with the link, without it, and with it again. */
export async function thereAndBack(world: World, acts: ReturnType<typeof linking>, left_id: string, before: Dump) {
  const with_it = await dump(world)
  const link_id = await acts.live(left_id)
  await acts.withdraw(link_id)
  same(await dump(world), before)
  same(await foldedAnew(world), before)
  await acts.restore(link_id)
  same(await dump(world), with_it)
  await acts.withdraw(await acts.live(left_id))
  same(await dump(world), before)
}
