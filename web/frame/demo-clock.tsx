import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { useSessionOrNull } from '../people/session.tsx'

/** In a demonstration, that it is one and which day its clock shows; nothing elsewhere. */
export function DemoClock() {
  const t = useWords()
  const session = useSessionOrNull()
  if (!session?.demo) return null
  return (
    <p className="s-demo">
      {t('frame.demo')} <DateText value={session.today} />
    </p>
  )
}
