import { DateText, Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useLanguage } from '#web/client.ts'
import { labelIn, type Question } from './labels.ts'

/** One answer in the reader's words: the choice's label, money with its sign, a date as it is written here. */
export function Answer(props: { question: Question; value: unknown }) {
  const t = useWords()
  const language = useLanguage()
  const { question, value } = props
  const choice = (name: string) => labelIn(question.choice_labels?.[name], language, name)
  if (value === null || value === undefined || value === '') return <>—</>
  if (typeof value === 'boolean') return <>{t(value ? 'survey:yes' : 'survey:no')}</>
  if (question.type === 'money' && typeof value === 'number') return <Money minor={value} />
  if (typeof value === 'number') return <Num value={value} />
  if (question.type === 'date') return <DateText value={String(value)} />
  if (Array.isArray(value))
    return <>{value.map((each) => choice(String(each))).join(language === 'zh' ? '、' : ', ')}</>
  if (typeof value === 'object') {
    const { latitude, longitude } = value as { latitude?: number; longitude?: number }
    return <>{`${latitude?.toFixed(5)}, ${longitude?.toFixed(5)}`}</>
  }
  return <>{choice(String(value))}</>
}
