import { SegmentedControl } from '@mantine/core'
import { useWords } from '#ui/words.tsx'
import { changeLanguage } from '../i18n.ts'
import type { Language } from '../i18n.ts'
import { useLanguage } from './reader.tsx'

// Each language in its own name, as its readers look for it.
const NAMES = [
  { value: 'en', label: 'English' },
  { value: 'zh', label: '中文' },
]

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
