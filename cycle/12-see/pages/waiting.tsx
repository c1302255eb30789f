import { useQuery } from '@tanstack/react-query'
import { cycle } from '#cycle/cycle.ts'
import { Section } from '#ui/page.tsx'
import { Num } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'

/** What waits for this reader's decision, step by step; nothing at all where nothing waits. */
export function Waiting(props: { code: string }) {
  const { words: t, Link } = useReader()
  const road = useQuery({
    queryKey: ['road', props.code],
    queryFn: () => call(api.api.road.$get({ query: { area_code: props.code } })),
  })
  const waiting = road.data?.steps.filter((step) => (step.waiting ?? 0) > 0) ?? []
  if (!road.data) return null
  return (
    <Section title={t('see:waiting.title')}>
      {waiting.length === 0 ? (
        <p className="d-says">{t('see:waiting.none')}</p>
      ) : (
        <ul className="see-waiting">
          {waiting.map((step) => {
            const name = cycle.find((room) => room.folder === step.step)?.name ?? ''
            const words = (
              <>
                {t(`see:waiting.${name}`)}{' '}
                <b>
                  <Num value={step.waiting ?? 0} />
                </b>
              </>
            )
            const href = desks[name]
            return <li key={step.step}>{href ? <Link href={href}>{words}</Link> : words}</li>
          })}
        </ul>
      )}
    </Section>
  )
}

// Where each room settles what waits there.
const desks: Record<string, string> = {
  survey: '/survey/quarantine',
  match: '/match/review',
  assess: '/assess/verify',
  appraise: '/appraise',
  register: '/register',
  prescribe: '/plans',
  deliver: '/deliveries',
  monitor: '/alerts',
  exit: '/exits',
}
