import { useCallback } from 'react'
import { useLanguage } from '#web/client.ts'

/** The pack's words (by language code) in the reader's language; the same function until the language changes. */
export function useSay(): (text: Record<string, string> | null | undefined) => string {
  const language = useLanguage()
  return useCallback((text) => text?.[language] ?? text?.['en'] ?? '', [language])
}
