import { useCallback, useMemo, useState } from 'react'
import { useReader } from '../words.tsx'

/** A draft nobody came back to is dropped after a week: what is typed is about families, and devices are shared. */
const KEEP_MS = 604_800_000
const PREFIX = 'doorstep.draft.'

/** Where drafts are kept; nowhere outside a browser, or where its owner forbids it. */
function store(): Storage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

const nameOf = (who: string, scope: string, key: string) => `${PREFIX}${who}.${scope}.${key}`

/** The draft of one case, or undefined: never another person's, never another case's, never older than a week. */
export function readDraft<T>(who: string, scope: string, key: string, now = Date.now()): T | undefined {
  const name = nameOf(who, scope, key)
  const text = store()?.getItem(name)
  if (!text) return undefined
  try {
    const kept = JSON.parse(text) as { at: number; value: T }
    if (now - kept.at < KEEP_MS) return kept.value
  } catch {
    // What cannot be read is no draft.
  }
  store()?.removeItem(name)
  return undefined
}

/** Keeps a draft; `undefined` removes it. A full store is no reason to stop anybody typing. */
export function keepDraft<T>(who: string, scope: string, key: string, value: T | undefined, now = Date.now()): void {
  const name = nameOf(who, scope, key)
  try {
    if (value === undefined) store()?.removeItem(name)
    else store()?.setItem(name, JSON.stringify({ at: now, value }))
  } catch {
    // Kept in memory all the same, for as long as the page is open.
  }
}

/** Removes every draft of a person, or of everybody: for signing out of a device that others use. */
export function dropDrafts(who?: string): number {
  const kept = store()
  if (!kept) return 0
  const names = Array.from({ length: kept.length }, (_, i) => kept.key(i) ?? '')
  const own = names.filter((name) => name.startsWith(who === undefined ? PREFIX : `${PREFIX}${who}.`))
  for (const name of own) kept.removeItem(name)
  return own.length
}

/** A form as it was found is no draft: nothing is kept of it. */
const isBlank = (value: unknown, blank: unknown) => value === '' || JSON.stringify(value) === JSON.stringify(blank)

/**
 * Half-filled answers, one for each case, kept on this device until they are sent: what was typed for one family never
 * stands under another, and a reload loses nothing. `scope` names the form, `key` the case.
 */
export function useDrafts<T>(scope: string, blank: T) {
  const { who } = useReader()
  const [typed, setTyped] = useState<Record<string, T | undefined>>({})
  const of = useCallback(
    (key: string): T => {
      const name = nameOf(who, scope, key)
      return (name in typed ? typed[name] : readDraft<T>(who, scope, key)) ?? blank
    },
    [typed, who, scope, blank],
  )
  const set = useCallback(
    (key: string, value: T) => {
      keepDraft(who, scope, key, isBlank(value, blank) ? undefined : value)
      setTyped((before) => ({ ...before, [nameOf(who, scope, key)]: value }))
    },
    [who, scope, blank],
  )
  const clear = useCallback(
    (...keys: string[]) => {
      for (const key of keys) keepDraft(who, scope, key, undefined)
      setTyped((before) => ({
        ...before,
        ...Object.fromEntries(keys.map((key) => [nameOf(who, scope, key), undefined])),
      }))
    },
    [who, scope],
  )
  /** Sent: nothing is kept on the device, and what was typed is there still if it is taken back. */
  const settle = useCallback((key: string) => keepDraft(who, scope, key, undefined), [who, scope])
  return useMemo(() => ({ of, set, clear, settle }), [of, set, clear, settle])
}

/** The draft of one form: its value, a setter, and whether it was found from before. */
export function useDraft<T>(scope: string, key: string, blank: T) {
  const { who } = useReader()
  // A blank made anew at each drawing is the same blank.
  const text = JSON.stringify(blank)
  const first = useMemo(() => JSON.parse(text) as T, [text])
  const drafts = useDrafts<T>(scope, first)
  const found = useMemo(() => readDraft<T>(who, scope, key) !== undefined, [who, scope, key])
  return {
    value: drafts.of(key),
    set: (value: T) => drafts.set(key, value),
    /** Some of its answers; the others stay as they are. */
    change: (part: Partial<T>) => drafts.set(key, { ...drafts.of(key), ...part }),
    clear: () => drafts.clear(key),
    /** Sent, and still shown: nothing is kept on the device. */
    settle: () => drafts.settle(key),
    /** Something typed on an earlier visit was found again. */
    found,
  }
}
