import { Button, Skeleton } from '@mantine/core'
import { AsOfPicker } from '#ui/as-of.tsx'
import { Icon } from '#ui/icons.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { TextLink, useReader } from '#ui/words.tsx'
import { useNamed, useParam, useSharedView } from '#web/client.ts'
import { Causes } from '../file-causes.tsx'
import { Appraisal, Exits } from '../file-decisions.tsx'
import { PlanAndDeliveries } from './help.tsx'
import { Income } from '../file-income.tsx'
import { Members } from '../file-members.tsx'
import { Needs } from '../file-needs.tsx'
import { Photos } from '../file-photos.tsx'
import { Alerts, Story } from '../file-story.tsx'
import { countsFor, Merged, Standing } from '../merged.tsx'
import { PartsMissing } from '../parts-missing.tsx'
import { useHead, useTimeline, useIsLater } from '../household.ts'
import '../../see.css'

/** The household file: everything that is known of one family, who says so, and since when. */
export default function FilePage() {
  const { words: t, dayOf } = useReader()
  const household_id = useParam('household_id')
  const [{ as_on }, setView] = useSharedView()
  const head = useHead(household_id)
  const timeline = useTimeline(household_id, as_on)
  const into = countsFor(head.error)
  if (into !== null) return <Merged household_id={household_id} counts_for={into} error={head.error} />
  if (head.error) return <ProblemView error={head.error} onRetry={() => void head.refetch()} />
  if (!head.data) {
    return (
      <div role="status" aria-label={t('ui.loading')}>
        <Skeleton height={64} mb={24} />
        <Skeleton height={480} />
      </div>
    )
  }
  const data = head.data
  const events = timeline.data?.events ?? []
  const seen = events.filter((event) => event.seen)
  // Who is responsible now says nothing of a day before anybody was named.
  const helped_by = !as_on || seen.some((event) => event.kind === 'deliver.helper')
  return (
    <article className="see-file">
      <FileHead data={data} status={as_on ? timeline.data?.status_then : data.status} helper={helped_by} />
      <PartsMissing household_id={household_id} as_on={as_on} />
      <Standing joined={data.joined} no_card={data.no_card} />
      <AsOfPicker
        value={as_on ?? null}
        onChange={(day) => setView({ as_on: day ?? undefined })}
        stops={events.map((event) => dayOf(event.recorded_at))}
      />
      {as_on && (
        <p className="see-print-only">
          {t('ui.asof.note')} <DateText value={as_on} />
        </p>
      )}
      {as_on && events.length > 0 && (
        <p className="d-says" role="status">
          {t('see:file.as_on', { seen: seen.length, all: events.length })}
        </p>
      )}
      <div className="see-gap" />
      <FileNumbers data={data} events={seen} as_on={as_on} />
      <div className="see-gap" />
      <div className="see-file-top">
        <div>
          <Needs household_id={household_id} as_on={as_on} surveyed_on={data.surveyed_on} />
          <Causes household_id={household_id} as_on={as_on} />
          <PlanAndDeliveries household_id={household_id} as_on={as_on} />
        </div>
        <div>
          <Income income={data.income} lines={data.lines} as_on={as_on} />
          <Members household_id={household_id} as_on={as_on} />
          <Alerts household_id={household_id} as_on={as_on} />
        </div>
      </div>
      <div className="see-two">
        <Appraisal household_id={household_id} as_on={as_on} />
        <Exits household_id={household_id} as_on={as_on} />
      </div>
      <Photos files={data.files} />
      <Section title={t('see:file.timeline')}>
        <Story household_id={household_id} events={events} loading={timeline.isLoading} error={timeline.error} />
      </Section>
    </article>
  )
}

type Head = NonNullable<ReturnType<typeof useHead>['data']>
type Event = NonNullable<ReturnType<typeof useTimeline>['data']>['events'][number]

/** Who it is, where they live, how they stand, who helps them (`helper`: where that is known); printing, the handbook. */
function FileHead(props: { data: Head; status: string | null | undefined; helper: boolean }) {
  const { words: t } = useReader()
  const named = useNamed()
  const { data, status, helper } = props
  return (
    <PageHead
      title={data.head_name}
      lead={[...data.place]
        .reverse()
        .map((area) => named(area.name))
        .join(t('see:file.place_join'))}
      meta={
        <>
          {status && <Tag tone={toneOf(status)}>{t(`see:status.${status}`)}</Tag>}
          <span>{t('see:file.members_n', { n: data.household_size })}</span>
          <span className="d-num">{data.household_id}</span>
          {helper && data.helper && (
            <span>{t('see:file.helper', { name: data.helper, unit: data.helper_unit ?? '' })}</span>
          )}
        </>
      }
      actions={
        <>
          <Button variant="default" leftSection={<Icon name="print" />} onClick={() => window.print()}>
            {t('see:file.print')}
          </Button>
          <TextLink className="see-action" href={`/households/${data.household_id}/handbook`}>
            {t('see:handbook.open')}
          </TextLink>
        </>
      }
    />
  )
}

/** The file's numbers: of today, or of the events known on a date. */
function FileNumbers({ data, events, as_on }: { data: Head; events: Event[]; as_on: string | undefined }) {
  const { words: t } = useReader()
  const isLater = useIsLater()
  const count = (kind: string) => events.filter((event) => event.kind === kind).length
  const last = data.income.findLast((point) => !isLater(as_on, point.assessed_at))
  const deliveries = as_on ? count('deliver.delivered') - count('deliver.reversed') : data.deliveries
  const alerts = as_on ? count('monitor.alerted') - count('monitor.handled') : data.alerts_open
  return (
    <Stats>
      {last && last.value !== null && <IncomeStat year={last.year} value={last.value} line={last.line} />}
      {(deliveries > 0 || data.registered_on !== null) && (
        <Stat
          label={t('see:file.delivered')}
          value={<Num value={deliveries} />}
          note={as_on ? null : <Money minor={data.delivered_cost} cents="never" />}
        />
      )}
      {alerts > 0 && <Stat label={t('see:file.alerts_open')} value={<Num value={alerts} />} tone="seal" />}
      {!as_on && data.follow_ups > 0 && (
        <Stat label={t('see:file.follow_ups')} value={<Num value={data.follow_ups} />} />
      )}
    </Stats>
  )
}

/** Income of a person beside the line of that year. */
function IncomeStat({ year, value, line }: { year: number; value: number; line: number | null }) {
  const { words: t } = useReader()
  return (
    <Stat
      label={t('see:file.income_person')}
      value={<Money minor={value} cents="never" />}
      note={
        line === null ? null : (
          <>
            {t('see:file.line_of', { year })} <Money minor={line} cents="never" />
          </>
        )
      }
      tone={line !== null && value < line ? 'seal' : 'plain'}
    />
  )
}

function toneOf(status: string): 'plain' | 'seal' | 'met' | 'unknown' {
  if (status === 'exited') return 'met'
  if (status === 'needs_verification') return 'unknown'
  return ['eligible', 'in_appraisal', 'approved', 'registered', 'planned', 'helped', 'exiting'].includes(status)
    ? 'seal'
    : 'plain'
}
