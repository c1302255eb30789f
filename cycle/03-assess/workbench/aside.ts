import type { DoorVariables } from '#door/context.ts'
import { heavy } from '#door/heavy/pool.ts'
import { rulesHash, type RuleTexts } from '#packs/overlay.ts'
import type { Pack } from '#packs/schema/schema.ts'
import type { Draft } from './store.ts'
import { checkDraft, type Checked, draftTexts, isChecked, keepChecked } from './drafts.ts'

/**
 * `checkDraft` in a thread: every rule is compiled and every example worked, a fifth of a second for a pack as it is and
 * more for one that somebody blew up. What was checked before is given at once, and `checkDraft` itself finds it too.
 */
export async function checkAside(over: Pack, texts: RuleTexts, key: string, signal?: AbortSignal): Promise<Checked> {
  if (!isChecked(over, key)) {
    const work = new URL('./drafts.ts', import.meta.url)
    keepChecked(over, key, await heavy<typeof checkDraft>(work, 'checkDraft', [over, texts, key], { signal }))
  }
  return checkDraft(over, texts, key)
}

/** For what asks `checkDraft` of a draft itself: checked in a thread before it does. */
export async function checkedFirst(door: Pick<DoorVariables, 'pack' | 'signal'>, draft: Draft): Promise<void> {
  const texts = draftTexts(draft.parent_files, draft.files)
  await checkAside(door.pack, texts, rulesHash(texts), door.signal)
}
