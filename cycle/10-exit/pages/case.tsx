import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Facts, type Fact } from '#ui/facts.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { stateOf } from '#ui/state/state.tsx'
import { Steps, type Step } from '#ui/steps.tsx'
import { formatDate } from '#ui/format.ts'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, CountsFor, useNamed, useParam, useView } from '#web/client.ts'

const view = z.object({ year: z.coerce.number().int().optional() })
const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
const way = ['checked', 'appraised', 'verified', 'consented', 'noticed', 'exited']

const load = (household_id: string) => call(api.api.exit.households[':household_id'].$get({ param: { household_id } }))
const loadChecks = (household_id: string, year: number | undefined) =>
  call(
    api.api.exit.criteria[':household_id'].$get({
      param: { household_id },
      query: year === undefined ? {} : { year: String(year) },
    }),
  )
type Case = Awaited<ReturnType<typeof load>>['cases'][number]
type Checks = Case['checks']

/** A household's cases, and the criteria of the year chosen, or of its newest case (`open`), as they stand now. */
function useCase(household_id: string) {
  const [{ year }] = useView(view)
  const story = useQuery({ queryKey: ['exit', 'household', household_id], queryFn: () => load(household_id) })
  const open = story.data?.cases[0]
  const on = year ?? open?.year
  const checks = useQuery({
    queryKey: ['exit', 'criteria', household_id, on],
    queryFn: () => loadChecks(household_id, on),
    enabled: story.isSuccess && open?.state !== 'exited',
    retry: false,
  })
  return { story, checks, open }
}

/** One household: the criteria as they stand, and every step of its cases. */
export default function CasePage() {
  const t = useWords()
  const household_id = useParam('household_id')
  const { story, checks, open } = useCase(household_id)
  if (story.error) return <ProblemView error={story.error} onRetry={() => void story.refetch()} />
  const cases = story.data?.cases ?? []
  const shown = checks.data?.checks ?? open?.checks
  return (
    <>
      <PageHead title={story.data?.head_name ?? t('exit:case.title')} lead={t('exit:case.lead')} meta={household_id} />
      {story.isPending && <Waiting />}
      {shown && <CheckList checks={shown} now={checks.data !== undefined} />}
      {cases.map((each) => (
        <CaseSteps key={each.exit_id} exit={each} />
      ))}
      {story.isSuccess && cases.length === 0 && <NoCase household_id={household_id} error={checks.error} />}
    </>
  )
}

function NoCase({ household_id, error }: { household_id: string; error: unknown }) {
  const t = useWords()
  return (
    <CountsFor household_id={household_id} href={(standing) => `/exits/${standing}`}>
      {error !== null && <ProblemView error={error} />}
      <Empty title={t('exit:case.none')} />
    </CountsFor>
  )
}

/** One year's case: the steps taken and to come, and why it was stopped. */
function CaseSteps({ exit }: { exit: Case }) {
  const t = useWords()
  const { locale } = useReader()
  const title = t('exit:case.of_year', { year: exit.year })
  return (
    <Section title={title}>
      <Steps label={title} steps={stepsOf(exit, t, locale)} />
      {exit.stopped_reason !== null && (
        <p>
          {t('exit:case.stopped')} {exit.stopped_reason === 'vote_failed' ? t('exit:vote_failed') : exit.stopped_reason}
        </p>
      )}
    </Section>
  )
}

function CheckList({ checks, now }: { checks: Checks; now: boolean }) {
  const t = useWords()
  const named = useNamed()
  const { locale } = useReader()
  const facts = (list: Checks['criteria'], stop: boolean): Fact[] =>
    list.map((each) => {
      const good = each.state === null ? null : stop ? !each.state : each.state
      return {
        key: each.code,
        label: named(each.label),
        state: stateOf(good),
        ...(stop && each.state !== null ? { state_word: t(each.state ? 'exit:holds' : 'exit:does_not_hold') } : {}),
        value:
          stop && good === true
            ? undefined
            : `${named(each.reason)}${each.missing.length > 0 ? ` ${t('exit:missing', { fields: each.missing_labels.map((label) => named(label)).join(t('exit:comma')) })}` : ''}`,
      }
    })
  return (
    <>
      <Section title={t('exit:case.criteria', { date: formatDate(checks.reference_date, locale) })}>
        <p className="d-says">{t(now ? 'exit:case.now' : 'exit:case.then')}</p>
        <Facts columns={2} items={facts([...checks.criteria, ...checks.support], false)} />
      </Section>
      <Section title={t('exit:case.stops')}>
        <Facts columns={2} items={facts(checks.stops, true)} />
      </Section>
    </>
  )
}

function stepsOf(each: Case, t: ReturnType<typeof useWords>, locale: string): Step[] {
  const taken = each.steps.map((step): Step => ({
    key: step.step_id,
    label: t(step.kind === 'checked' ? 'exit:state.checked' : `exit:step.${step.kind}`),
    state: step.kind === 'refused' || step.kind === 'stopped' ? 'stopped' : 'done',
    at: step.happened_on,
    detail: detailText(step.detail, t, locale),
  }))
  if (each.closed_at !== null) return taken
  const next = way.slice(way.indexOf(each.state) + 1)
  const later = next.map((kind, index): Step => ({
    key: kind,
    label: t(`exit:step.${kind}`),
    state: index === 0 ? 'now' : 'later',
  }))
  return [...taken, ...later]
}

function detailText(detail: Record<string, unknown>, t: ReturnType<typeof useWords>, locale: string): string {
  return Object.entries(detail)
    .filter(([name]) => name !== 'objection' && name !== 'year')
    .map(
      ([name, value]) =>
        `${t(`exit:field.${name}`)}: ${typeof value === 'boolean' ? t(value ? 'exit:yes' : 'exit:no') : isDay(value) ? formatDate(value, locale) : String(value)}`,
    )
    .join(' · ')
}
