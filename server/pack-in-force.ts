// Which rules hold: the newest that two people published, laid over the pack's folder, else the folder's own
// (docs/decisions/0008).
import { newestVersion, versionFiles } from '#cycle/03-assess/workbench/store.ts'
import { problem } from '#door/problems.ts'
import { checkRules } from '#packs/check/check.ts'
import { rulesHash, ruleTexts, withRules } from '#packs/overlay.ts'
import type { Pack } from '#packs/schema/schema.ts'
import type { Registry } from '#registry/open.ts'

/** Another process's publication is seen after this long; its own at once. One indexed row is read each time. */
const LOOK_AGAIN_MS = 1000

export interface PackInForce {
  /** The pack of a request that begins now. A request keeps the one it was given to its end. */
  current(): Promise<Pack>
  /** Look at the table before the next request: this process has just published. */
  lookAgain(): void
}

export function packInForce(registry: Registry, folder: Pack): PackInForce {
  let held = { number: -1, pack: folder }
  let looked = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null
  const look = async () => {
    const newest = await newestVersion(registry.app, folder.id)
    looked = performance.now()
    if (!newest || newest.number === held.number) return
    held = { number: newest.number, pack: await packOfVersion(registry, folder, newest.number) }
  }
  return {
    async current() {
      if (performance.now() - looked > LOOK_AGAIN_MS) {
        looking ??= look().finally(() => {
          looking = null
        })
        await looking
      }
      return held.pack
    },
    lookAgain() {
      looked = Number.NEGATIVE_INFINITY
    },
  }
}

/** The folder's pack with the rules of a published version. Throws `rules_do_not_fit` where its forms forbid that. */
async function packOfVersion(registry: Registry, folder: Pack, number: number): Promise<Pack> {
  const files = await versionFiles(registry.app, folder.id, number)
  if (!files) throw problem('rules_do_not_fit', { detail: `Version ${number} has no files.` })
  if (rulesHash(files) === rulesHash(ruleTexts(folder))) return folder
  const { pack, problems } = withRules(folder, files)
  const found = pack ? checkRules(pack) : problems
  if (pack && found.length === 0) return pack
  throw problem('rules_do_not_fit', {
    detail: `Version ${number}: ${found.map((each) => `${each.file} ${each.at ?? ''}: ${each.message}`).join('; ')}`,
    errors: found.map((each) => ({ path: `${each.file} ${each.at ?? ''}`.trim(), message: each.message })),
  })
}

/** At start: say which rules hold and why, and whether the folder's say something else. Throws as `current` does. */
export async function tellRules(registry: Registry, folder: Pack, say: (line: string) => void): Promise<void> {
  const newest = await newestVersion(registry.app, folder.id)
  if (!newest) return
  await packOfVersion(registry, folder, newest.number)
  const own = rulesHash(ruleTexts(folder))
  const short = (hash: string) => hash.slice(0, 12)
  if (own === newest.rules_hash) say(`Rules in force: version ${newest.number} (${short(own)}), as in the folder`)
  else if (own === newest.folder_hash)
    say(`Rules in force: version ${newest.number} (${short(newest.rules_hash)}), published over the folder's`)
  else
    say(
      `The folder's rules (${short(own)}) are not those that version ${newest.number} was published over. ` +
        `Version ${newest.number} (${short(newest.rules_hash)}), published by two people, stays in force. ` +
        "To bring the folder's in: doorstep pack draft <folder>, then have it published.",
    )
}
