import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { wordsOf } from './rooms.ts'

export type Language = 'en' | 'zh'

const KEPT = 'doorstep.language'
/**
 * The languages of the screens, each with its name as its readers look for it and its locale (BCP 47): British English for
 * day-month-year, as the pack's English is written.
 */
export const languages: Record<Language, { name: string; locale: string }> = {
  en: { name: 'English', locale: 'en-GB' },
  zh: { name: '中文', locale: 'zh-CN' },
}

function isLanguage(text: string | null | undefined): text is Language {
  return text !== null && text !== undefined && Object.hasOwn(languages, text)
}

/** The address says so (`?lang=zh`), or it was chosen before, or the browser asks for it. */
export function firstLanguage(search: string, kept: string | null, browser: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang')
  if (isLanguage(asked)) return asked
  if (isLanguage(kept)) return kept
  return browser.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/**
 * Gaps with the number by which a language chooses among a line's forms (`days_one`, `days_other`, plain `days`): `count`
 * where it is given, else `n`, which may come written as the reader writes numbers.
 */
export function counted(gaps: Record<string, string | number> = {}): Record<string, string | number> {
  const n = gaps['count'] ?? gaps['n']
  if (n === undefined) return gaps
  const count = typeof n === 'number' ? n : Number(n.replaceAll(/[^\d]/g, '') || Number.NaN)
  return Number.isNaN(count) || 'count' in gaps ? gaps : { ...gaps, count }
}

/** Readies the words of shell and rooms in the reader's language, before anything is drawn. */
export async function startWords(): Promise<void> {
  const language = firstLanguage(location.search, localStorage.getItem(KEPT), navigator.languages)
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'shell',
    resources: { [language]: await wordsOf(language) },
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = languages[language].locale
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language)
  for (const [name, content] of Object.entries(await wordsOf(language))) {
    i18next.addResourceBundle(language, name, content)
  }
  document.documentElement.lang = languages[language].locale
  await i18next.changeLanguage(language)
}
