import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'

export interface Linked {
  link_id: string
  area_code: string
  left_id: string
  household_id: string
  /** Another card of the household: the first one, or the next where the linked card is the first. */
  other_id: string
}

/** Cards linked without asking that nobody has checked, in an order that is chance but always the same. */
export async function uncheckedLinks(
  tx: ReadTx,
  place: Place & { county_code: string },
  limit: number,
): Promise<Linked[]> {
  const { rows } = await sql<Linked>`
    select l.link_id, l.area_code, l.left_id, l.household_id, (
      select o.left_id from link o join submission s on s.county_code = o.county_code and s.instance_id = o.left_id
      where o.county_code = l.county_code and o.household_id = l.household_id and o.left_kind = 'submission'
        and o.withdrawn_at is null and o.left_id <> l.left_id
      order by s.surveyed_on nulls last, s.instance_id limit 1) as other_id
    from link l
    where l.county_code = ${place.county_code} and l.area_code ^@ ${place.prefix} and l.left_kind = 'submission'
      and l.withdrawn_at is null and l.method in ('exact_id', 'probabilistic')
      and not exists (select 1 from match_review r where r.county_code = l.county_code and r.left_id = l.left_id
        and r.right_household_id = l.household_id and r.evidence ->> 'kind' = 'check')
    order by md5(l.left_id), l.link_id limit ${limit}`.execute(tx)
  return rows.filter((row) => row.other_id !== null)
}

/** How many drawn links of a place wait for a person. */
export async function openChecks(tx: ReadTx, place: Place & { county_code: string }): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from match_review
    where county_code = ${place.county_code} and area_code ^@ ${place.prefix} and state in ('open', 'unsure')
      and evidence ->> 'kind' = 'check'`.execute(tx)
  return rows[0]?.count ?? 0
}

export interface LabelPair {
  left_id: string
  right_id: string
}

/**
 * Decided questions as pairs of record ids. Of cards: `instance_id` and `instance_id`. Of members:
 * `instance_id#position`, those whose persons are one now. `same` is false for pairs that a person told apart.
 */
export async function labelPairs(
  tx: ReadTx,
  place: Place & { county_code: string },
  of: 'card' | 'member',
): Promise<(LabelPair & { same: boolean })[]> {
  const { county_code, prefix } = place
  // The card that was compared: its members stand in the evidence; else the first card of the household that stood.
  const { rows } = await sql<LabelPair & { same: boolean }>`
    select r.left_id, coalesce((
        select regexp_replace(p.pair ->> 'right', '#[0-9]+$', '')
        from jsonb_array_elements(r.evidence -> 'pairs') as p (pair)
        where p.pair ->> 'right' like '%#%' limit 1), h.first_instance_id) as right_id, r.state = 'accepted' as same
    from match_review r
    join household h on h.county_code = r.county_code and h.household_id = r.right_household_id
    where r.county_code = ${county_code} and r.area_code ^@ ${prefix} and r.state in ('accepted', 'rejected')
      and r.evidence ->> 'kind' in ('part', 'doubtful', 'code_disagrees', 'two_households', 'check')
    order by 1, 2`.execute(tx)
  if (of === 'card') return rows.filter((row) => row.left_id !== row.right_id)
  const instance_ids = [...new Set(rows.flatMap((row) => [row.left_id, row.right_id]))]
  const { rows: members } = await sql<{ instance_id: string; left_id: string; person_id: string }>`
    select substring(left_id from '^(.*)#[0-9]+$') as instance_id, left_id, person_id from link
    where county_code = ${county_code} and left_kind = 'member' and withdrawn_at is null
      and substring(left_id from '^(.*)#[0-9]+$') = any(${instance_ids})
    order by left_id`.execute(tx)
  const on_card = Map.groupBy(members, (member) => member.instance_id)
  return rows.flatMap((row) =>
    (on_card.get(row.left_id) ?? []).flatMap((left) =>
      (on_card.get(row.right_id) ?? []).flatMap((right) => {
        if (left.left_id === right.left_id) return []
        const same = left.person_id === right.person_id
        // Of two households that were told apart, or of two members of one, only what is one is certain.
        return same ? [{ left_id: left.left_id, right_id: right.left_id, same }] : []
      }),
    ),
  )
}
