// Decisions a person took that have not been sent yet: each waits a minute in which it can be taken back. Why here and
// not on the server: docs/decisions. Kept in localStorage, so that a closed page loses none.

/** A request as data: what the typed client would have sent. */
export type KeptRequest = { method: string; path: string; body: string | null }

/** One of many in a request that was not taken, as the answer's `refused` names it. */
export type Refusal = { code: string; detail?: string } & Record<string, unknown>

export type Held = {
  id: string
  /** Account, role and area it was decided as; it is sent as nobody else. */
  who: string
  /** The tab that counts down; of a tab that is gone it is offered again. */
  tab: string
  /** What was decided about whom, in the words of the reader who decided. */
  says: string
  /** What it is about (`alert:…`): shown as decided meanwhile. */
  subjects: string[]
  requests: KeptRequest[]
  /** Query keys that are out of date once it is sent. */
  touches: string[][]
  /** Drafts that are done with once it is sent: scope and case. */
  drafts: [string, string][]
  /** Where one can look at it again. */
  href: string
  decided_at: number
  /** Milliseconds since 1970 at which it is sent. */
  due: number
  state: 'held' | 'sending' | 'refused'
  trouble: { title: string; action: string | null } | null
  /** Where the words of a refusal within an answer stand: `exit:refusal`. */
  refusal_words?: string
  /** Those of an answer that were refused while others were taken: `{ code }` and which. */
  refusals?: Refusal[]
}

/** A decision may be taken back for a minute: ui.md, "Decisions". */
export const HOLD_MS = 60_000
/** A tab that has not sent what was due for this long is gone. */
export const GONE_MS = 20_000

const PREFIX = 'doorstep.held.'
const listeners = new Set<() => void>()
const sent = new Set<string>()
/** What this page is sending at this moment. */
const on_their_way = new Set<string>()
let shown: readonly Held[] | null = null

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

const memory = new Map<string, Held>()

function write(held: Held): void {
  memory.set(held.id, held)
  try {
    storage()?.setItem(PREFIX + held.id, JSON.stringify(held))
  } catch {
    // In memory until the page closes; beforeunload warns.
  }
  changed()
}

function changed(): void {
  shown = null
  for (const listener of listeners) listener()
}

function drop(id: string): void {
  memory.delete(id)
  storage()?.removeItem(PREFIX + id)
  changed()
}

/** Every decision that is not sent yet, of every person on this device, the oldest first. The same array until one changes. */
export function allHeld(): readonly Held[] {
  if (shown) return shown
  const found = new Map(memory)
  const kept = storage()
  for (let i = 0; kept && i < kept.length; i++) {
    const name = kept.key(i) ?? ''
    if (!name.startsWith(PREFIX)) continue
    try {
      const held = JSON.parse(kept.getItem(name) ?? '') as Held
      if (!found.has(held.id)) found.set(held.id, held)
    } catch {
      kept.removeItem(name)
    }
  }
  shown = [...found.values()].sort((a, b) => a.decided_at - b.decided_at)
  return shown
}

/** Told of every change, in this tab and in others. */
export function onHeld(listener: () => void): () => void {
  const elsewhere = (event: StorageEvent) => {
    if (!event.key?.startsWith(PREFIX)) return
    if (event.newValue === null) memory.delete(event.key.slice(PREFIX.length))
    changed()
  }
  listeners.add(listener)
  globalThis.addEventListener?.('storage', elsewhere)
  return () => {
    listeners.delete(listener)
    globalThis.removeEventListener?.('storage', elsewhere)
  }
}

/** Holds a decision back for a minute; returns its id, by which it can be taken back. */
export function hold(
  decision: Omit<Held, 'id' | 'decided_at' | 'due' | 'state' | 'trouble'>,
  now = Date.now(),
): string {
  const id = crypto.randomUUID()
  write({ ...decision, id, decided_at: now, due: now + HOLD_MS, state: 'held', trouble: null })
  return id
}

/** Takes a decision back; false where it is sent already, or being sent. */
export function takeBack(id: string): boolean {
  const held = allHeld().find((each) => each.id === id)
  if (!held || on_their_way.has(id)) return false
  drop(id)
  return true
}

/** Whether a subject counts as decided on this screen: held, being sent, or sent since the page was opened. */
export function isDecided(subject: string, who: string): boolean {
  return (
    sent.has(subject) ||
    allHeld().some((each) => each.who === who && each.state !== 'refused' && each.subjects.includes(subject))
  )
}

/** A subject that was sent may be decided again (an undo on the server, a returned case). */
export function forget(subject: string): void {
  if (sent.delete(subject)) changed()
}

/**
 * Whether the page that should have sent it is gone. One that was closed while sending has no answer anybody saw: it is
 * offered too, and the server says if it has it already.
 */
export function isLeftOver(held: Held, tab: string, now: number): boolean {
  const late = held.tab !== tab && now > held.due + GONE_MS
  return held.state === 'sending' ? !on_their_way.has(held.id) && (late || held.tab === tab) : late
}

/** What this tab has to send now. */
export const dueNow = (who: string, tab: string, now: number): Held[] =>
  allHeld().filter((each) => each.who === who && each.tab === tab && each.state === 'held' && each.due <= now)

/**
 * Sends a decision, request by request; what was taken is not sent again if a later one fails. `send` throws the problem.
 * Sent twice at once (two tabs) it is the server that takes one: every write there is safe against its twin.
 */
export async function sendHeld(id: string, send: (request: KeptRequest) => Promise<unknown>): Promise<Held | null> {
  const held = allHeld().find((each) => each.id === id)
  if (!held || on_their_way.has(id)) return null
  on_their_way.add(id)
  let left = held.requests
  const refusals: Refusal[] = []
  write({ ...held, state: 'sending', trouble: null })
  try {
    for (const request of held.requests) {
      refusals.push(...refusedIn(await send(request)))
      left = left.slice(1)
      write({ ...held, requests: left, state: 'sending', trouble: null })
    }
  } catch (error) {
    const { title, action } = error as { title?: string; action?: string | null }
    const refused = { title: title ?? String(error), action: action ?? null }
    write({ ...held, requests: left, state: 'refused', trouble: refused })
    return null
  } finally {
    on_their_way.delete(id)
  }
  const failed = (subject: string) =>
    refusals.some((each) =>
      Object.values(each).some((value) => typeof value === 'string' && subject.endsWith(`:${value}`)),
    )
  for (const subject of held.subjects) if (!failed(subject)) sent.add(subject)
  // Some were taken and some were not: those are told one by one, and nothing is sent twice.
  if (refusals.length > 0) write({ ...held, requests: [], state: 'refused', trouble: null, refusals })
  else drop(id)
  return held
}

const refusedIn = (answer: unknown): Refusal[] => {
  const list = (answer as { refused?: unknown } | null)?.refused
  return Array.isArray(list) ? (list as Refusal[]) : []
}
