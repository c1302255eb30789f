import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { NumberWaiting } from '#ui/state/loaded.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useHeld, useNamed, useSession, useView } from '#web/client.ts'
import { states, type State } from '../states.ts'
import { StepForm, stepsFrom, subjectOf } from './step-form.tsx'

const view = z.object({ state: z.enum(states).optional() })

const loadCases = (area_code: string, state: State, after: string) =>
  call(api.api.exit.cases.$get({ query: { area_code, state, limit: '500', ...(after ? { after } : {}) } }))
const loadCounts = (area_code: string) => call(api.api.exit.cases.$get({ query: { area_code, limit: '1' } }))
type Case = Awaited<ReturnType<typeof loadCases>>['items'][number]

/** Households on their way off the list, by the step they stand at, with the step that is due. */
export default function BoardPage() {
  const t = useWords()
  const { code } = useArea()
  const { actions } = useSession()
  const [{ state: wanted }, setView] = useView(view)
  const held = useHeld()
  const [chosen, setChosen] = useState<Case[] | null>(null)
  const all = useQuery({
    queryKey: ['exit', 'cases', code],
    queryFn: () => loadCounts(code),
    enabled: code !== '',
  })
  const counts = all.data?.counts
  const state = wanted ?? firstWithCases(counts)
  const cases = useInfiniteQuery({
    queryKey: ['exit', 'cases', code, state],
    queryFn: ({ pageParam }) => loadCases(code, state, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: code !== '' && (wanted !== undefined || !all.isPending),
  })
  // Another person's step is not offered; stopping or objecting can be done from a step that is one's own to take.
  const may_step = stepsFrom(state, actions).length > 0
  const columns = useCaseColumns(may_step, (one) => setChosen([one]))
  const rows = cases.data?.pages.flatMap((page) => page.items) ?? []
  const placeOf = usePlaceOf()
  const open = rows.filter((each) => !held.isDecided(subjectOf(each.exit_id)))
  return (
    <>
      <PageHead
        title={t('exit:board.title')}
        lead={t('exit:board.lead')}
        actions={<TextLink href="/exits/candidates">{t('exit:candidates.title')}</TextLink>}
      />
      <StepCounts counts={counts} failed={all.error !== null} />
      <Section title={t(`exit:state.${state}`)} aside={may_step && <ForSeveral cases={open} onChoose={setChosen} />}>
        <p className="d-says">{t(`exit:says.${state}`, { days: all.data?.notice_days ?? '…' })}</p>
        <Table
          caption={t(`exit:state.${state}`)}
          rows={rows}
          columns={columns}
          rowKey={(each) => each.exit_id}
          href={(each) => `/exits/${each.household_id}`}
          {...(counts ? { total: counts[state] ?? 0 } : {})}
          loading={cases.isPending}
          error={all.error ?? cases.error}
          onRetry={() => void (all.error ? all : cases).refetch()}
          onEnd={() => void nextPage(cases)}
          empty={{
            title: t('exit:none'),
            action: <WhereFromHere state={state} onChecked={() => setView({ state: 'checked' })} />,
          }}
        />
      </Section>
      {code === '' && <Empty title={t('exit:choose_area')} />}
      {chosen && (
        <StepForm
          state={state}
          cases={chosen.map((each) => ({ ...each, place: placeOf(each.area_code) }))}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  )
}

/** The name of the area below this one in which a household lives. */
function usePlaceOf() {
  const named = useNamed()
  const { found } = useArea()
  return (area_code: string): string => {
    const child = found?.children.find((each) => area_code.startsWith(each.area_code))
    return child ? named(child.name) : ''
  }
}

type Counts = Partial<Record<State, number>>

/** Where nothing was chosen: the first step at which anybody stands. */
const firstWithCases = (counts: Counts | undefined): State =>
  states.find((each) => (counts?.[each] ?? 0) > 0) ?? 'checked'

/** Fetches the page after those that are here, unless it is the last or is on its way. */
const nextPage = (list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }) =>
  list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage() : Promise.resolve()

function useCaseColumns(may_step: boolean, onChoose: (one: Case) => void): Column<Case>[] {
  const t = useWords()
  const held = useHeld()
  return [
    { key: 'head_name', label: t('exit:household'), value: (each) => each.head_name, primary: true },
    { key: 'household_id', label: t('exit:number'), value: (each) => each.household_id, width: 150 },
    { key: 'household_size', label: t('exit:people'), value: (each) => each.household_size, align: 'end', width: 80 },
    { key: 'year', label: t('exit:year'), value: (each) => each.year, width: 80 },
    {
      key: 'since',
      label: t('exit:since'),
      value: (each) => each.state_since,
      cell: (each) => <DateText value={each.exited_on ?? each.state_since} />,
      width: 140,
    },
    {
      key: 'note',
      label: t('exit:note'),
      cell: (each) =>
        each.open_objections > 0 ? (
          <Tag tone="seal">{t('exit:objections', { count: each.open_objections })}</Tag>
        ) : each.state === 'noticed' ? (
          <>
            {t('exit:until')} <DateText value={each.notice_to} />
          </>
        ) : (
          ((each.stopped_reason === 'vote_failed' ? t('exit:vote_failed') : each.stopped_reason) ?? '')
        ),
    },
    {
      key: 'act',
      label: t('exit:next'),
      cell: (each) =>
        held.isDecided(subjectOf(each.exit_id)) ? (
          t('exit:step.decided')
        ) : !may_step ? (
          ''
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => onChoose(each)}>
            {t(`exit:due.${each.state}`)}
          </Button>
        ),
      width: 190,
    },
  ]
}

/** How many households stand at each step; each number opens the list it counts. */
function StepCounts({ counts, failed }: { counts: Counts | undefined; failed: boolean }) {
  const t = useWords()
  return (
    <Stats>
      {states.map((each) => (
        <Stat
          key={each}
          label={t(`exit:state.${each}`)}
          value={failed ? '–' : counts ? <Num value={counts[each] ?? 0} /> : <NumberWaiting />}
          {...(counts ? { count: counts[each] ?? 0 } : {})}
          href={`/exits?state=${each}`}
        />
      ))}
    </Stats>
  )
}

/** The step that is due, for all of the list at once. */
function ForSeveral({ cases, onChoose }: { cases: Case[]; onChoose: (cases: Case[]) => void }) {
  const t = useWords()
  if (cases.length < 2) return null
  return (
    <Button variant="default" onClick={() => onChoose(cases)}>
      {t('exit:for_several')}
    </Button>
  )
}

/** Where to go from an empty list: to the candidates, or to the first step. */
function WhereFromHere({ state, onChecked }: { state: State; onChecked: () => void }) {
  const t = useWords()
  if (state === 'checked') return <TextLink href="/exits/candidates">{t('exit:candidates.title')}</TextLink>
  return (
    <Button variant="default" onClick={onChecked}>
      {t('exit:state.checked')}
    </Button>
  )
}
