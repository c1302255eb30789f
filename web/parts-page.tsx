import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { PageHead } from '#ui/page.tsx'
import { useWords } from '#ui/words.tsx'
import { LanguageSwitch } from './frame/language-switch.tsx'
import { Conditions, HouseholdFile } from './parts/file.tsx'
import { LongTable, MapAndTable, Numbers } from './parts/figures.tsx'
import { MatchQueue } from './parts/queue.tsx'
import { say } from './parts/data.ts'
import { useLanguage } from './frame/reader.tsx'

/** `/parts`: every part of ui/ with made data, to look at in both languages and themes. Needs no server. */
export function PartsPage() {
  const l = useLanguage()
  const t = useWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <main className="s-main p-parts">
      <PageHead
        title={say(l, 'Parts', '界面部件')}
        lead={say(
          l,
          'Every part of the screen with made data, for those who build rooms.',
          '所有界面部件及虚构数据，供开发者查看。',
        )}
        actions={
          <div className="d-screen p-bar">
            <LanguageSwitch />
            <SegmentedControl
              aria-label={t('frame.theme')}
              value={colorScheme}
              onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
              data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`frame.theme_${value}`) }))}
            />
          </div>
        }
      />
      <Numbers />
      <MapAndTable />
      <MatchQueue />
      <HouseholdFile />
      <div style={{ height: 32 }} />
      <Conditions />
      <div style={{ height: 32 }} />
      <LongTable />
    </main>
  )
}
