import { Button, Group, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { DecideDialog } from '#ui/decide/decide.tsx'
import { Facts } from '#ui/facts.tsx'
import { formatNumber } from '#ui/format.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { stateOf, Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, ProblemError, useArea, useHeld, useMay, useNamed, useView } from '#web/client.ts'

const view = z.object({
  year: z.coerce.number().int().min(2000).max(2100).optional(),
  state: z.enum(['proposed']).optional(),
})
const load = (area_code: string) => call(api.api.exit.areas.$get({ query: { area_code } }))
type Proposal = Awaited<ReturnType<typeof load>>['items'][number]

const loadFigures = (area_code: string, year: number) =>
  call(api.api.exit.areas.check.$get({ query: { area_code, year: String(year) } }))
type Figures = Awaited<ReturnType<typeof loadFigures>>

/** Villages and the county: figures against the criteria, proposals, decisions. */
export default function AreasPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const this_year = Number(useReader().today.slice(0, 4))
  const [{ year = this_year, state }, setView] = useView(view)
  const leaves = found?.area.level === 'village' || found?.area.level === 'county'
  const list = useQuery({ queryKey: ['exit', 'areas', code], queryFn: () => load(code), enabled: code !== '' })
  const [deciding, setDeciding] = useState<Act | null>(null)
  const columns = useProposalColumns(setDeciding)
  const place = found ? named(found.area.name) : code
  return (
    <>
      <PageHead title={t('exit:areas.title')} lead={t('exit:areas.lead')} />
      <Group mb="md" align="end">
        <NumberInput
          label={t('exit:year')}
          value={year}
          onChange={(value) => setView({ year: Number(value) || undefined }, { replace: true })}
          min={2000}
          max={2100}
          w={110}
        />
      </Group>
      {leaves && (
        <AreaChecks
          place={place}
          area_code={code}
          year={year}
          onPropose={() => setDeciding({ act: 'propose', area_code: code, year, place })}
        />
      )}
      {!leaves && found && (
        <Section title={t('exit:areas.choose')}>
          <p style={{ display: 'flex', flexWrap: 'wrap', gap: '8px 16px' }}>
            {found.children.map((child) => (
              <TextLink key={child.area_code} href={`/exits/areas?area=${child.area_code}&year=${year}`}>
                {named(child.name)}
              </TextLink>
            ))}
          </p>
        </Section>
      )}
      <Section title={t('exit:areas.proposals')} id="proposals">
        <Table
          caption={t('exit:areas.proposals')}
          rows={(list.data?.items ?? []).filter((row) => state === undefined || row.state === state)}
          columns={columns}
          rowKey={(row) => row.area_exit_id}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={{ title: t('exit:areas.none') }}
        />
      </Section>
      {deciding && <DecideArea act={deciding} onClose={() => setDeciding(null)} />}
    </>
  )
}

/** A place that may leave the list itself: its figures against the criteria, and the button that proposes it. */
function AreaChecks(props: { place: string; area_code: string; year: number; onPropose: () => void }) {
  const t = useWords()
  const held = useHeld()
  const may_propose = useMay('exit.propose_area')
  const { area_code, year } = props
  const figures = useQuery({
    queryKey: ['exit', 'areas', 'check', area_code, year],
    queryFn: () => loadFigures(area_code, year),
    retry: false,
  })
  return (
    <Section title={props.place}>
      {figures.error instanceof ProblemError && figures.error.code === 'exit_no_evaluation' ? (
        <Empty title={figures.error.title} text={figures.error.action} />
      ) : (
        figures.error && <ProblemView error={figures.error} onRetry={() => void figures.refetch()} />
      )}
      {figures.isPending && <Waiting lines={4} />}
      {figures.data && (
        <>
          <FiguresAndCriteria checks={figures.data.checks} />
          {may_propose && (
            <Button
              mt="md"
              color="seal"
              disabled={figures.data.all_met !== true || held.isDecided(`area_exit:${area_code}:${year}`)}
              onClick={props.onPropose}
            >
              {t('exit:areas.propose', { year })}
            </Button>
          )}
        </>
      )}
    </Section>
  )
}

function FiguresAndCriteria({ checks }: { checks: Figures['checks'] }) {
  const t = useWords()
  const named = useNamed()
  const valueOf = (name: string, value: string | number | null) => {
    if (typeof value === 'number') return <Num value={value} digits={name.endsWith('_percent') ? 2 : 0} />
    return name === 'evaluated_decision' && value !== null ? t(`exit:decision.${value}`) : value
  }
  return (
    <Facts
      columns={2}
      items={[
        ...checks.criteria.map((each) => ({
          key: each.code,
          label: named(each.label),
          state: stateOf(each.state),
          // What an evaluation lacks; a criterion over figures has nothing to add.
          ...(each.code === 'evaluation' && each.missing.length > 0
            ? { value: each.missing.map((fault) => t(`exit:fault.${fault}`)).join(t('exit:comma')) }
            : {}),
        })),
        ...Object.entries(checks.figures)
          .filter(([name]) => name !== 'evaluation_id')
          .map(([name, value]) => ({ key: name, label: t(`exit:figure.${name}`), value: valueOf(name, value) })),
      ]}
    />
  )
}

function useProposalColumns(onDecide: (act: Act) => void): Column<Proposal>[] {
  const t = useWords()
  const named = useNamed()
  const held = useHeld()
  const may_decide = useMay('exit.approve_area')
  return [
    { key: 'name', label: t('exit:areas.place'), value: (row) => named(row.name), primary: true },
    { key: 'year', label: t('exit:year'), value: (row) => row.year, width: 90 },
    {
      key: 'incidence',
      label: t('exit:figure.incidence_percent'),
      cell: (row) => <Num value={Number(row.checks.figures['incidence_percent'] ?? 0)} digits={2} />,
      align: 'end',
    },
    {
      key: 'state',
      label: t('exit:outcome'),
      value: (row) => row.state,
      cell: (row) => (
        <Tag tone={row.state === 'approved' ? 'met' : row.state === 'proposed' ? 'seal' : 'plain'}>
          {t(`exit:areas.${row.state}`)}
        </Tag>
      ),
    },
    { key: 'at', label: t('exit:areas.proposed_at'), cell: (row) => <DateText value={row.proposed_at} /> },
    {
      key: 'act',
      label: t('exit:next'),
      cell: (row) =>
        held.isDecided(subjectOf(row.area_exit_id)) ? (
          t('exit:step.decided')
        ) : may_decide && row.state === 'proposed' ? (
          <Group gap="xs">
            <Button size="compact-sm" color="seal" onClick={() => onDecide({ act: 'approved', proposal: row })}>
              {t('exit:areas.approve')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => onDecide({ act: 'refused', proposal: row })}>
              {t('exit:areas.refuse')}
            </Button>
          </Group>
        ) : (
          (row.reason ?? '')
        ),
      width: 220,
    },
  ]
}

type Act =
  | { act: 'approved' | 'refused'; proposal: Proposal }
  | { act: 'propose'; area_code: string; year: number; place: string }

const subjectOf = (area_exit_id: string) => `area_exit:${area_exit_id}`

/** A place and its decision, with a reason of its own; proposing needs none: its reason is the figures. */
function DecideArea({ act, onClose }: { act: Act; onClose: () => void }) {
  const t = useWords()
  const { locale } = useReader()
  const named = useNamed()
  const held = useHeld()
  const of =
    act.act === 'propose'
      ? { key: `${act.area_code}:${act.year}`, place: act.place, year: act.year }
      : { key: act.proposal.area_exit_id, place: named(act.proposal.name), year: act.proposal.year }
  const verb = act.act === 'approved' ? 'approve' : act.act === 'refused' ? 'refuse' : 'propose'
  const people = act.act === 'propose' ? null : Number(act.proposal.checks.figures['registered_people'] ?? 0)
  const words = { place: of.place, year: of.year, people: people === null ? '' : formatNumber(people, locale, 0) }
  return (
    <DecideDialog
      onClose={onClose}
      title={verb === 'propose' ? t('exit:areas.propose', { year: of.year }) : t(`exit:areas.${verb}_title`)}
      label={t('exit:areas.one')}
      people={[{ key: of.key, name: of.place, says: String(of.year) }]}
      reason={verb === 'propose' ? 'none' : 'must'}
      reason_label={t('exit:areas.reason')}
      scope={`exit.area.${verb}`}
      follows={() => t(`exit:areas.follows_${act.act}`, words)}
      confirm={() => (verb === 'propose' ? t('exit:areas.propose', { year: of.year }) : t(`exit:areas.${verb}`))}
      onDecide={async ([decided]) =>
        held.hold({
          says: t('exit:areas.held', {
            act: verb === 'propose' ? t('exit:areas.propose', { year: of.year }) : t(`exit:areas.${verb}`),
            ...words,
          }),
          subjects: [subjectOf(of.key)],
          builds: [
            (client) =>
              act.act === 'propose'
                ? client.api.exit.areas.$post({ json: { area_code: act.area_code, year: act.year } })
                : client.api.exit.areas[':area_exit_id'].$post({
                    param: { area_exit_id: act.proposal.area_exit_id },
                    json: { state: act.act, reason: decided?.reason ?? '' },
                  }),
          ],
          touches: [['exit', 'areas'], ['road']],
          drafts: [[`exit.area.${verb}`, of.key]],
        })
      }
    />
  )
}
