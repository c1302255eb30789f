import { useQuery } from '@tanstack/react-query'
import { cycle } from '#cycle/cycle.ts'
import { CountLink } from '#ui/count.tsx'
import { Loaded } from '#ui/state/loaded.tsx'
import { Section } from '#ui/page.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'

const load = (area_code: string) => call(api.api.road.$get({ query: { area_code } }))

/** What waits for this reader's decision, step by step; nothing at all where nothing waits. */
export function Waiting(props: { code: string }) {
  const t = useWords()
  const road = useQuery({
    queryKey: ['road', props.code],
    queryFn: () => load(props.code),
  })
  return (
    <Section title={t('see:waiting.title')} id="waiting">
      <Loaded query={road} lines={3}>
        {({ steps }) => <Desks steps={steps.filter((step) => step.desks.length > 0)} />}
      </Loaded>
    </Section>
  )
}

type Step = Awaited<ReturnType<typeof load>>['steps'][number]

function Desks({ steps }: { steps: Step[] }) {
  const t = useWords()
  if (steps.length === 0) return <p className="d-says">{t('see:waiting.none')}</p>
  return (
    <ul className="see-waiting">
      {steps.map((step) => {
        const name = cycle.find((room) => room.folder === step.step)?.name ?? ''
        return (
          <li key={step.step} id={`waiting-${name}`} data-total={step.waiting}>
            {step.desks.map((desk) => (
              <CountLink
                key={desk.key}
                href={desk.href}
                n={desk.count}
                words={(n) => (
                  <>
                    {t(`see:waiting.${desk.key}`)} <b className="d-num">{n}</b>
                  </>
                )}
              />
            ))}
          </li>
        )
      })}
    </ul>
  )
}
