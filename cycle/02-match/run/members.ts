// Who belongs to a household became another: a death, a birth or a move was confirmed, or was taken back. Persons and
// sizes are set anew at once; the rooms after this one follow.
import type { Acting, MembersChanged } from '#door/follow.ts'
import { problem } from '#door/problems.ts'
import type { Registry } from '#registry/open.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { personOf, type Since } from './since.ts'
import type { Opening } from '../store/load.ts'
import { settleNumbers } from '../store/numbers.ts'
import { changesSince, knownAmong, withNumber } from '../store/since.ts'
import { checkOf, personValues, refold } from '../store/refold.ts'
import { insertPersons, lockSerial } from '../store/write.ts'

/**
 * Set the persons and households anew by the changes that stand. Somebody whom no card names gets a row of his own.
 * Throws `match_number_held` where his number is somebody's already, alive or dead. Returns every household that is
 * other than before. The transaction sees the whole county and holds its area.
 */
export async function setMembers(
  tx: Tx,
  by: Acting & { registry: Registry },
  changed: MembersChanged,
): Promise<string[]> {
  const { county_code, person_ids } = changed
  const { pack, now, actor, registry } = by
  const opening = { keys: registry.keys, scheme: pack.national_id, county_code, card_form: pack.card_form }
  const stamp = { county_code, run_id: null, account_id: actor.account_id, now }
  // A run that planned on what was before is overtaken.
  await lockSerial(tx, county_code)
  const fresh = await unknownYet(tx, opening, person_ids)
  const rows = fresh.map((change) => {
    const place = { household_id: change.household_id, area_code: county_code, state: 'active' as const }
    return personValues(opening, { ...personOf(change, checkOf(opening)), ...place })
  })
  // Written down wrongly, a number is nobody's claim; it is still the same number.
  const [alike] = await withNumber(
    tx,
    county_code,
    rows.flatMap((row) => row.national_id_hash ?? []),
  )
  if (alike) throw problem('match_number_held', { detail: whose(alike.household_id, county_code, county_code) })
  await insertPersons(tx, stamp, rows)
  const again = await refold(tx, opening, changed, now)
  const held = await settleNumbers(tx, stamp, again.claims, again.person_ids)
  const mine = held.find((claim) => fresh.some((change) => change.person_id === claim.person_id))
  if (mine)
    throw problem('match_number_held', { detail: whose(mine.holder_household, mine.holder_county, county_code) })
  return again.household_ids
}

const whose = (household_id: string | null, holder_county: string, county_code: string): string =>
  holder_county === county_code
    ? `It is the number of a person of household ${household_id ?? '?'}.`
    : `It is the number of a person in county ${holder_county}.`

/** Those who came and have no row yet. */
async function unknownYet(tx: ReadTx, opening: Opening, person_ids: readonly string[]): Promise<Since[]> {
  const known = await knownAmong(tx, opening.county_code, person_ids)
  const changes = await changesSince(tx, opening, { person_ids })
  const first = new Map(changes.toReversed().map((change) => [change.person_id, change]))
  return [...first.values()].filter((change) => change.effect === 'joined' && !known.has(change.person_id))
}
