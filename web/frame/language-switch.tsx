import { SegmentedControl } from '@mantine/core'
import { useWords } from '#ui/words.tsx'
import { changeLanguage, languages } from '../i18n.ts'
import type { Language } from '../i18n.ts'
import { useLanguage } from './reader.tsx'

const NAMES = Object.entries(languages).map(([value, { name }]) => ({ value, label: name }))

export function LanguageSwitch() {
  const t = useWords()
  return (
    <SegmentedControl
      className="s-language"
      aria-label={t('frame.language')}
      size="sm"
      data={NAMES}
      value={useLanguage()}
      onChange={(value) => void changeLanguage(value as Language)}
    />
  )
}
