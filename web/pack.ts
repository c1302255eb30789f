import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fetchJson } from './api.ts'
import { readHealth } from './health.ts'
import { useWords } from '#ui/words.tsx'
import type { Currency } from '#ui/format.ts'

type Named = { en: string; zh: string }

/** What the shell needs of `GET /api/pack`; rooms read the rest through the typed client. */
export type PackWords = {
  id: string
  version: string
  title: Named
  currency: Currency
  /** IANA name; the campaign's days are counted there. */
  time_zone: string
  levels?: Array<{ level: string; name: Named; plural?: Named }>
  /** Words by group and code: `words.status.poor.zh`. */
  words?: Record<string, Record<string, Named | string>>
}

export const readPack = () => fetchJson<PackWords>('/api/pack')

/** The pack, or null until it is there (and where the server has none). */
export function usePackOrNull(): PackWords | null {
  // Only once the server is known to be ready (startup.tsx asks); pages that need no server ask nothing.
  const health = useQuery({ queryKey: ['health'], queryFn: readHealth, enabled: false })
  const pack = useQuery({
    queryKey: ['pack'],
    queryFn: readPack,
    enabled: health.data?.ready === true,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  })
  return pack.data ?? null
}

/**
 * Words that the pack gives to its codes: `label('status', 'poor')`. A code without a word is shown as itself, with
 * spaces for underscores, so that a gap in a pack is seen and stays readable.
 */
export function usePackWords(): (group: string, code: string | null | undefined) => string {
  const pack = usePackOrNull()
  const language = useTranslation().i18n.language as keyof Named
  return (group, code) => {
    if (!code) return ''
    const word = pack?.words?.[group]?.[code]
    if (typeof word === 'string') return word
    return word?.[language] ?? word?.en ?? code.replaceAll('_', ' ')
  }
}

/**
 * What is lacking where an indicator is not met, as the pack puts it (`lack`), else "not met" before its name: never a
 * positive sentence behind a cross. `name` for an indicator or criterion that brings its own label.
 */
export function useLack(): (code: string, name?: string) => string {
  const t = useWords()
  const pack = usePackOrNull()
  const label = usePackWords()
  return (code, name) => {
    if (pack?.words?.['lack']?.[code] !== undefined) return label('lack', code)
    return t('pack.not_met', { what: name ?? label('indicator', code) })
  }
}

/** What areas of a level are called, several of them: `levels('township')`. The code where the pack has no word. */
export function usePackLevels(): (level: string) => string {
  const pack = usePackOrNull()
  const language = useTranslation().i18n.language as keyof Named
  return (level) => {
    const found = pack?.levels?.find((each) => each.level === level)
    const word = found?.plural ?? found?.name
    return word?.[language] ?? word?.en ?? level
  }
}
