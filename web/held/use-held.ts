import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { keepDraft } from '#ui/decide/draft.ts'
import { useWords } from '#ui/words.tsx'
import { asRequest } from '../api.ts'
import type { api } from '../api.ts'
import { allHeld, forget, hold, isDecided, onHeld, takeBack } from './held.ts'
import type { Held } from './held.ts'
import { sendOne } from './send.ts'
import { useSession } from '../people/session.tsx'
import { whoOf } from '../people/who.ts'

/** This tab, also after a reload. */
export function tabOf(): string {
  const name = 'doorstep.tab'
  let tab = sessionStorage.getItem(name)
  if (tab === null) {
    tab = crypto.randomUUID()
    sessionStorage.setItem(name, tab)
  }
  return tab
}

/** Every decision on this device that is not sent yet; drawn again when one changes. */
export const useAllHeld = (): readonly Held[] => useSyncExternalStore(onHeld, allHeld, allHeld)

type Build = (client: typeof api) => Promise<unknown>

/** Decisions with a minute to take them back: `hold`, `isDecided`, `takeBack`, `sendNow`. */
export function useHeld() {
  const t = useWords()
  const session = useSession()
  const who = whoOf(session)
  const held = useAllHeld()
  const sendNow = useSendHeld()
  return {
    /** Keeps the requests that `builds` make for a minute; `says` names the decision and the people. */
    hold: async (decision: {
      says: string
      subjects: string[]
      builds: Build[]
      touches: string[][]
      /** Drafts that it settles: scope and case. */
      drafts?: [string, string][]
      href?: string
      refusal_words?: string
    }): Promise<string> => {
      const { builds, href, ...rest } = decision
      const requests = await Promise.all(builds.map(asRequest))
      const here = href ?? location.pathname + location.search
      for (const subject of decision.subjects) forget(subject)
      return hold({ drafts: [], ...rest, requests, who, tab: tabOf(), href: here })
    },
    /** Held, being sent, or sent since this page was opened. */
    isDecided: (subject: string) => isDecided(subject, who),
    /** Takes back what is held about a subject; throws, in words, where it is sent already. */
    takeBack: async (subject: string) => {
      const own = held.find((each) => each.who === who && each.subjects.includes(subject))
      if (!own || !takeBack(own.id)) throw { title: t('held.too_late') }
    },
    /** Sends what this person holds now, for instance before the next page of a queue is asked for. */
    sendAll: async () => {
      for (const each of held) if (each.who === who && each.state === 'held') await sendNow(each.id)
    },
    waiting: held.filter((each) => each.who === who && each.state !== 'refused').length,
  }
}

/** Sends one held decision, drops the drafts that it settles, and lets the screens ask anew. */
export function useSendHeld(): (id: string) => Promise<boolean> {
  const queries = useQueryClient()
  return useCallback(
    async (id: string) => {
      const done = await sendOne(id)
      if (!done) return false
      for (const [scope, key] of done.drafts) keepDraft(done.who, scope, key, undefined)
      for (const queryKey of done.touches) void queries.invalidateQueries({ queryKey })
      return true
    },
    [queries],
  )
}
