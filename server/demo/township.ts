// The whole township beside the two villages: lived in the background where somebody asks for it, and opened in their
// place when it is whole.
import type { Settings } from '#door/settings.ts'
import { liveBeside, type Life } from './background.ts'
import { HOLDS, type Ground } from './first.ts'
import { follow, type Following, type Way } from './steps.ts'
import { township, type World } from './worlds.ts'

/** `none`: could be lived; `opened`: the township is what the product shows (or the data folder holds no demo). */
export type TownshipState = 'none' | 'living' | 'ready' | 'failed' | 'opened'

export interface Township {
  tell(): { state: TownshipState; way: Way | null }
  /** Begin its life, unless it is under way or whole already. */
  live(): Promise<void>
  /** Show it in place of the villages; false where it is not whole. */
  open(): Promise<boolean>
  /** Ends what is under way. */
  stop(): void
}

/** `swap` takes the product from the villages to the township. */
export async function townshipOf(
  ground: Ground,
  settings: Settings,
  shows: World['name'] | null,
  swap: () => Promise<void>,
): Promise<Township> {
  let state: TownshipState = shows === 'villages' ? 'none' : 'opened'
  let life: Life | null = null
  let following: Following | null = null
  if (state === 'none' && (await ground.databases.has(township.database))) state = 'ready'

  async function live(): Promise<void> {
    if (state !== 'none' && state !== 'failed') return
    state = 'living'
    if (!(await ground.databases.hold(HOLDS.township))) {
      // Another server on the same data folder lives it.
      state = 'failed'
      return
    }
    const way = follow()
    following = way
    await ground.databases.drop(township.making)
    life = liveBeside(township, settings, ({ message, done, total }) => way.hear(message, done, total))
    void life.done
      .then(
        () => (state = 'ready'),
        (error: unknown) => {
          state = 'failed'
          if (!(error instanceof Error && error.message === 'stopped')) console.error('the township:', error)
        },
      )
      .finally(() => ground.databases.letGo(HOLDS.township).catch(() => {}))
  }

  return {
    tell: () => ({ state, way: state === 'living' ? (following?.way() ?? null) : null }),
    live,
    async open() {
      if (state !== 'ready') return false
      state = 'opened'
      await swap()
      return true
    },
    stop: () => life?.stop(),
  }
}
