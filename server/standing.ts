// The product once it stands: registry, rules, clock, the one door. Apart from main.ts, which answers before this is read.
import type { Settings } from '#door/settings.ts'
import { closeInterruptedJobs } from '#door/jobs/job-lease.ts'
import { keepTime } from '#door/sign-in/sessions.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { markDemo } from '#registry/embedded/folders.ts'
import { openRegistry, type Registry } from '#registry/open.ts'
import { makeApp } from './app.ts'
import { keepDeadlines } from './deadlines.ts'
import { openTownship, prepareDemo, type Ground } from './demo/first.ts'
import { townshipOf, type Township } from './demo/township.ts'
import { liveHere } from './demo/background.ts'
import type { Say } from './demo/steps.ts'
import { demoClock, isEmpty, shownWorld } from './demo/worlds.ts'
import { tellRules } from './pack-in-force.ts'
import { placePack } from './place/pack.ts'
import type { Answers } from './http/static.ts'

interface Shown {
  registry: Registry
  township: Township | null
  answers: Answers
}

export interface Product {
  answers: Answers
  close(): Promise<void>
}

/** How the start is told: `say` what happens, `making` that a world is lived, `show` what answers from now on. */
export interface Telling {
  say: Say
  making(): void
  /** Null: what tells that it is starting. */
  show(answers: Answers | null): void
}

/** From the settings to a product that answers. */
export async function standUp(settings: Settings, telling: Telling): Promise<Product> {
  const { say } = telling
  const log = (line: string) => console.log(`  ${line}`)
  const { pack, problems } = await loadPack(settings.pack_dir)
  if (!pack) throw new Error(`The pack has faults: ${problems.map((each) => each.message).join('; ')}`)
  const hear: Say = (message, done, total) => {
    telling.making()
    say(message, done, total)
  }
  const embedded = !settings.database_url
  // A pack without a demonstration's area has nobody to live it.
  const ground = settings.demo && embedded && pack.demo_area ? await prepareDemo(settings, hear, log) : null
  // From here on somebody's own data may be in it.
  if (embedded && !ground) markDemo(settings.data_dir, false)
  let shown: Shown
  const swap = async () => {
    telling.show(null)
    await shown.registry.close()
    if (ground) await openTownship(ground.databases)
    shown = await open(settings, pack, say, ground, swap)
    telling.show(shown.answers)
  }
  try {
    shown = await open(settings, pack, say, ground, swap)
  } catch (error) {
    await ground?.leave()
    throw error
  }
  return {
    answers: shown.answers,
    async close() {
      shown.township?.stop()
      await shown.registry.close()
      await ground?.leave()
    },
  }
}

/** The registry, and the product on it. */
async function open(
  settings: Settings,
  pack: Pack,
  say: Say,
  ground: Ground | null,
  swap: () => Promise<void>,
): Promise<Shown> {
  const registry = await openRegistry({
    data_dir: settings.data_dir,
    ...(settings.database_url ? { database_url: settings.database_url } : {}),
    ...(settings.secret_key ? { secret_key: settings.secret_key } : {}),
    log: (line) => console.log(`  ${line}`),
  })
  try {
    await closeInterruptedJobs(registry)
    await keepTime(registry)
    await placePack(registry, pack, say)
    await tellRules(registry, pack, say)
    // On a server given by DATABASE_URL the demo is lived in place, once, where it was asked for.
    if (settings.demo && settings.database_url && (await isEmpty(registry))) await liveHere(settings, say)
    const clock = settings.demo ? await demoClock(registry) : null
    const township = ground ? await townshipOf(ground, settings, await shownWorld(registry), swap) : null
    const parts = { registry, settings, pack, ...(clock ? { clock } : {}), ...(township ? { township } : {}) }
    return { registry: closingFirst(registry, keepDeadlines(parts)), township, answers: makeApp(parts) }
  } catch (error) {
    await registry.close()
    throw error
  }
}

/** The registry, whose closing waits for what the clock is doing in it. */
const closingFirst = (registry: Registry, deadlines: { stop(): Promise<void> }): Registry => ({
  ...registry,
  async close() {
    await deadlines.stop()
    await registry.close()
  },
})
