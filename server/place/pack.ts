import { publishForms } from '#cycle/01-survey/forms/publish.ts'
import type { Pack } from '#packs/load.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { placeAreas } from './areas.ts'

/** Put the pack's areas and forms into the registry, once for each content hash; the forms are published at `now`. */
export async function placePack(
  registry: Registry,
  pack: Pack,
  say: (message: string) => void,
  now = new Date().toISOString(),
): Promise<void> {
  const known = await registry.app
    .selectFrom('pack_version')
    .select('pack_hash')
    .where('pack_hash', '=', pack.pack_hash)
    .executeTakeFirst()
  if (known) return
  say(`Loading the pack ${pack.id}`)
  await transact(registry, SYSTEM, async (tx) => {
    await placeAreas(tx, pack)
    await publishForms(tx, pack, now)
    await tx
      .insertInto('pack_version')
      .values({
        pack_id: pack.id,
        pack_hash: pack.pack_hash,
        name: JSON.stringify(pack.title),
        content: JSON.stringify({ version: pack.version }),
      })
      .execute()
  })
}
