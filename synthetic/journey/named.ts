import { unwrap, type Client } from '#server/client.ts'

// Acts on many households name each of them: a person sees the list first, and signs what he saw.

/** All of a list; a page of it would leave the others out in silence. */
function idsOf(list: { total: number; items: readonly { household_id: string }[] }): string[] {
  if (list.items.length < list.total)
    throw new Error(`${list.items.length} of ${list.total} households are on this page`)
  return list.items.map((each) => each.household_id)
}

/** Opens every household of the area that may be opened; nothing is asked where there is none. */
export async function openAll(client: Client, area_code: string): Promise<string[]> {
  const household_ids = idsOf(await unwrap(client.api.appraise.openable.$get({ query: { area_code, limit: '2000' } })))
  if (household_ids.length === 0) return []
  return (await unwrap(client.api.appraise.open.$post({ json: { area_code, household_ids } }))).household_ids
}

/** Who waits for a notice of this stage in the area. */
export async function dueFor(client: Client, area_code: string, step: 'first_notice' | 'second_notice') {
  return idsOf(await unwrap(client.api.appraise.due.$get({ query: { area_code, step, limit: '500' } })))
}

/** Hangs a notice for all who wait for it. */
export async function hangNotice(
  client: Client,
  notice: { area_code: string; stage: 'first_notice' | 'second_notice'; place: string; posted_on: string },
) {
  const household_ids = await dueFor(client, notice.area_code, notice.stage)
  return unwrap(client.api.appraise.notices.$post({ json: { ...notice, household_ids } }))
}
