// What only the registry knows of a list: which areas there are, and which households came before.
import { mapInTurn } from '#door/jobs/in-turn.ts'
import { covers } from '#door/permit/permit.ts'
import { searchHash } from '#registry/secrets/secrets.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { TableSheet } from '../sheets/table.ts'
import type { Reception } from '../receive/accept.ts'
import { areasOf } from '../submissions/store.ts'
import { knownKeys, type KnownKey, type Source } from './store.ts'
import type { RowProblem, Unit } from './gather.ts'
import type { Plan } from './plan.ts'

/** How a household of this list stands to what came before. */
export interface Standing {
  key_hash: string | null
  content_sha256: string
  earlier: KnownKey | null
}

/** The answers' own digest, keyed as they hold personal numbers: the same household in the same words. */
const contentOf = (reception: Reception, unit: Unit): string =>
  searchHash(reception.keys, 'import_content', JSON.stringify(unit.answers))

export const keyHash = (reception: Reception, source: Source, identity: string): string =>
  searchHash(reception.keys, 'import_key', `${source.source}\n${identity}`)

/** Look up what became of the households of a list before. */
export async function standingsOf(tx: Tx, reception: Reception, source: Source, units: readonly Unit[], lock = false) {
  const hashes = await mapInTurn(units, (unit) =>
    unit.identity === null ? null : keyHash(reception, source, unit.identity),
  )
  const known = await knownKeys(
    tx,
    source,
    hashes.filter((hash) => hash !== null),
    lock,
  )
  return new Map(
    await mapInTurn(units, (unit, index): [Unit, Standing] => {
      const key_hash = hashes[index] ?? null
      const earlier = key_hash === null ? null : (known.get(key_hash) ?? null)
      return [unit, { key_hash, content_sha256: contentOf(reception, unit), earlier }]
    }),
  )
}

/** Refuse households in areas that do not exist or are not the sender's. */
export async function lookAtAreas(
  tx: ReadTx,
  reception: Reception,
  units: readonly Unit[],
  sheets: readonly TableSheet[],
  plan: Plan,
): Promise<void> {
  const codeOf = (unit: Unit) => String(unit.answers['area_code'] ?? '')
  const good = units.filter((unit) => unit.problems.length === 0 && codeOf(unit) !== '')
  const codes = [...new Set(good.map(codeOf))]
  const areas = new Map<string, { county_code: string | null }>()
  for (let start = 0; start < codes.length; start += 5000) {
    for (const [code, area] of await areasOf(tx, codes.slice(start, start + 5000))) areas.set(code, area)
  }
  const column = plan.household.find(({ name }) => name === 'area_code')?.column ?? -1
  for (const unit of good) {
    const code = codeOf(unit)
    const known = (areas.get(code)?.county_code ?? null) !== null
    if (known && covers(reception.actor, code)) continue
    const [first] = unit.rows
    const sheet = first && sheets[first.sheet]
    const told: RowProblem = {
      sheet: sheet?.name ?? '',
      row: (first && sheet?.rows[first.at]?.row) ?? 0,
      column: sheet?.columns[column] ?? 'area_code',
      code: known ? 'import_outside_area' : 'import_unknown_area',
      message: known ? 'The household is not within your area.' : 'There is no such area within a county.',
      hint: known ? 'Somebody whose area it is can import it.' : 'Correct the code of the area.',
      got: code.slice(0, 60),
      expects: 'area',
    }
    unit.problems.push(told)
  }
}
