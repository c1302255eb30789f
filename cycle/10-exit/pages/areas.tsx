import { Button, Group, NumberInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { Facts } from '#ui/facts.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { stateOf, Tag } from '#ui/state.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useMay, useNamed, useView } from '#web/client.ts'

const view = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional() })
const load = (area_code: string) => call(api.api.exit.areas.$get({ query: { area_code } }))
type Proposal = Awaited<ReturnType<typeof load>>['items'][number]
type Named = { en: string; zh: string }

/** Villages and the county: figures against the criteria, proposals, decisions. */
export default function AreasPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const this_year = Number(useReader().today.slice(0, 4))
  const [{ year = this_year }, setView] = useView(view)
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const may_propose = useMay('exit.propose_area')
  const may_decide = useMay('exit.approve_area')
  const leaves = found?.area.level === 'village' || found?.area.level === 'county'
  const list = useQuery({ queryKey: ['exit', 'areas', code], queryFn: () => load(code), enabled: code !== '' })
  const figures = useQuery({
    queryKey: ['exit', 'areas', 'check', code, year],
    queryFn: () => call(api.api.exit.areas.check.$get({ query: { area_code: code, year: String(year) } })),
    enabled: leaves,
    retry: false,
  })
  const again = () => {
    setError(null)
    void queries.invalidateQueries({ queryKey: ['exit', 'areas'] })
  }
  const propose = () => call(api.api.exit.areas.$post({ json: { area_code: code, year } })).then(again, setError)
  const decide = (area_exit_id: string, state: 'approved' | 'refused') =>
    call(
      api.api.exit.areas[':area_exit_id'].$post({
        param: { area_exit_id },
        json: { state, reason: t(`exit:areas.${state}_reason`) },
      }),
    ).then(again, setError)
  const columns: Column<Proposal>[] = [
    { key: 'name', label: t('exit:areas.place'), value: (row) => named(row.name as Named), primary: true },
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
        may_decide && row.state === 'proposed' ? (
          <Group gap="xs">
            <Button size="compact-sm" color="seal" onClick={() => void decide(row.area_exit_id, 'approved')}>
              {t('exit:areas.approve')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => void decide(row.area_exit_id, 'refused')}>
              {t('exit:areas.refuse')}
            </Button>
          </Group>
        ) : (
          (row.reason ?? '')
        ),
      width: 220,
    },
  ]
  return (
    <>
      <PageHead title={t('exit:areas.title')} lead={t('exit:areas.lead')} />
      {error !== null && <ProblemView error={error} />}
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
        <Section title={found ? named(found.area.name) : code}>
          {figures.error && <ProblemView error={figures.error} />}
          {figures.data && (
            <>
              <Facts
                columns={2}
                items={[
                  ...figures.data.checks.criteria.map((each) => ({
                    key: each.code,
                    label: named(each.label as Named),
                    state: stateOf(each.state),
                  })),
                  ...Object.entries(figures.data.checks.figures)
                    .filter(([name]) => name !== 'evaluation_id')
                    .map(([name, value]) => ({
                      key: name,
                      label: t(`exit:figure.${name}`),
                      value:
                        typeof value === 'number' ? (
                          <Num value={value} digits={name.endsWith('_percent') ? 2 : 0} />
                        ) : (
                          value
                        ),
                    })),
                ]}
              />
              {may_propose && (
                <Button mt="md" color="seal" disabled={figures.data.all_met !== true} onClick={() => void propose()}>
                  {t('exit:areas.propose', { year })}
                </Button>
              )}
            </>
          )}
        </Section>
      )}
      {!leaves && found && (
        <Section title={t('exit:areas.choose')}>
          <p>
            {found.children.map((child) => (
              <TextLink
                key={child.area_code}
                href={`/exits/areas?area=${child.area_code}&year=${year}`}
                style={{ marginRight: 16 }}
              >
                {named(child.name)}
              </TextLink>
            ))}
          </p>
        </Section>
      )}
      <Section title={t('exit:areas.proposals')}>
        <Table
          caption={t('exit:areas.proposals')}
          rows={list.data?.items ?? []}
          columns={columns}
          rowKey={(row) => row.area_exit_id}
          loading={list.isPending}
          error={list.error}
          empty={{ title: t('exit:areas.none') }}
        />
      </Section>
    </>
  )
}
