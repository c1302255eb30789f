import { useRouter } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { dayIn, endOfDay } from '#door/day.ts'
import { ReaderProvider } from '#ui/words.tsx'
import type { LinkProps, Words } from '#ui/words.tsx'
import { counted, languages } from '../i18n.ts'
import type { Language } from '../i18n.ts'
import { usePackOrNull } from '../pack.ts'
import { useServerDay, useWho } from '../people/session.tsx'
import { useRawSearch } from '../view/use-view.ts'
import { carryView } from '../view/view.ts'

/** A link followed inside the page, carrying the place and date of the current view. */
export function RouterLink({ href, onClick, ...rest }: LinkProps) {
  const router = useRouter()
  const to = carryView(href, useRawSearch())
  const inside = to.startsWith('/') && !to.startsWith('/api/') && !rest.target && rest.download === undefined
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (!inside || event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.history.push(to)
  }
  return (
    <a {...rest} href={to} onClick={follow}>
      {rest.children}
    </a>
  )
}

/** Until the pack is read: ISO 4217 for no currency. */
const PLAIN = { code: 'XXX', minor_units: 1 }

/** The reader's words, locale, currency (from the pack) and links, for the parts in ui/. */
export function Reader(props: { children: ReactNode }) {
  const { t, i18n } = useTranslation()
  const pack = usePackOrNull()
  const language = i18n.language as Language
  const currency = pack?.currency ?? PLAIN
  const time_zone = pack?.time_zone ?? 'UTC'
  const today = useServerDay()
  const who = useWho()
  const reader = useMemo(
    () => ({
      words: ((key, gaps) => t(key, counted(gaps))) as Words,
      locale: languages[language].locale,
      currency,
      today,
      time_zone,
      dayOf: (at: string) => (/^\d{4}-\d{2}-\d{2}$/.test(at) ? at : dayIn(time_zone, at)),
      endOf: (day: string) => endOfDay(time_zone, day),
      who,
      Link: RouterLink,
    }),
    [t, language, currency, today, time_zone, who],
  )
  return <ReaderProvider reader={reader}>{props.children}</ReaderProvider>
}

/** `en` or `zh`: which of a name's two spellings to show. */
export function useLanguage(): Language {
  return useTranslation().i18n.language as Language
}

/** A name in the reader's language: areas, people, pack labels. In another one where that is empty. */
export function useNamed() {
  const language = useLanguage()
  return (name: Readonly<Partial<Record<Language, string>>> | null | undefined): string =>
    name?.[language] || name?.en || name?.zh || ''
}
