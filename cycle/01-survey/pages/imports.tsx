import { Button, FileInput, SegmentedControl, Select } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Table } from '#ui/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea, useLanguage, usePackWords } from '#web/client.ts'
import type { Answer } from '#web/client.ts'
import { labelIn } from './labels.ts'

type Preview = Answer<Awaited<ReturnType<typeof api.api.survey.imports.preview.$post>>>
type Done = Answer<Awaited<ReturnType<typeof api.api.survey.imports.$post>>>
type Kind = 'submissions' | 'register'

export default function ImportsPage() {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const { code } = useArea()
  const queries = useQueryClient()
  const [kind, setKind] = useState<Kind>('submissions')
  const [register, setRegister] = useState<string | null>('vehicle')
  const [file, setFile] = useState<File | null>(null)
  const [preview, setPreview] = useState<Preview | null>(null)
  const [columns, setColumns] = useState<Record<string, string>>({})
  const [done, setDone] = useState<Done | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const batches = useQuery({
    queryKey: ['survey', 'imports', code],
    queryFn: () => call(api.api.survey.imports.$get({ query: { area_code: code } })),
  })

  const registers = useQuery({
    queryKey: ['survey', 'registers', code],
    queryFn: () => call(api.api.survey.registers.$get({ query: { area_code: code } })),
    enabled: kind === 'register',
  })

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setFailure(null)
    try {
      await work()
    } catch (error) {
      setFailure(error)
    }
    setBusy(false)
  }
  const look = (chosen: File | null, of_kind: Kind) => {
    setFile(chosen)
    setPreview(null)
    setDone(null)
    if (!chosen) return
    void attempt(async () => {
      const seen = await call(api.api.survey.imports.preview.$post({ form: { file: chosen, kind: of_kind } }))
      setPreview(seen)
      setColumns(seen.suggested_mapping.columns)
    })
  }
  const bring = () =>
    void attempt(async () => {
      if (!file || !preview) return
      const mapping = JSON.stringify({ ...preview.suggested_mapping, columns })
      const chosen = kind === 'register' && register ? { register } : {}
      setDone(await call(api.api.survey.imports.$post({ form: { file, kind, area_code: code, mapping, ...chosen } })))
      await queries.invalidateQueries({ queryKey: ['survey'] })
    })

  const fields = (preview?.fields ?? []).map((each) => ({
    value: each.field,
    label: `${each.field.startsWith('members.') ? `${t('survey:members')}: ` : ''}${labelIn(each.labels, language, each.field)}`,
  }))
  return (
    <>
      <PageHead title={t('survey:imports.title')} lead={t('survey:imports.lead')} />
      <Section title={t('survey:imports.file')}>
        <SegmentedControl
          aria-label={t('survey:imports.kind')}
          value={kind}
          onChange={(value) => {
            const chosen = value === 'register' ? 'register' : 'submissions'
            setKind(chosen)
            look(file, chosen)
          }}
          data={[
            { value: 'submissions', label: t('survey:imports.households') },
            { value: 'register', label: t('survey:imports.register') },
          ]}
        />
        {kind === 'register' && (
          <Select
            mt="md"
            maw={560}
            allowDeselect={false}
            label={t('survey:imports.which')}
            value={register}
            onChange={setRegister}
            data={(registers.data?.registers ?? []).map((each) => ({ value: each, label: label('register', each) }))}
          />
        )}
        <FileInput
          mt="md"
          maw={560}
          placeholder={t('survey:pick')}
          clearable
          label={t('survey:imports.choose')}
          description={t('survey:imports.choose_text')}
          accept=".csv,.txt,.xlsx"
          value={file}
          onChange={(chosen) => look(chosen, kind)}
        />
      </Section>
      {failure !== null && <ProblemView error={failure} />}
      {preview && !done && (
        <Section title={t('survey:imports.mapping')}>
          {preview.columns.length === 0 && <p role="status">{t('survey:imports.no_rows')}</p>}
          <p className="d-says">
            {t('survey:imports.read_as', {
              encoding: preview.encoding.toUpperCase(),
              rows: preview.sheets[0]?.rows ?? 0,
            })}
          </p>
          <Table
            caption={t('survey:imports.mapping')}
            rows={preview.columns}
            rowKey={(column) => column}
            columns={[
              {
                key: 'column',
                label: t('survey:imports.column'),
                value: (column) => column,
                primary: true,
                sortable: false,
              },
              {
                key: 'sample',
                label: t('survey:imports.sample'),
                value: (column) => sample(preview, column),
                sortable: false,
              },
              {
                key: 'field',
                label: t('survey:imports.holds'),
                sortable: false,
                cell: (column) =>
                  column === preview.suggested_mapping.household_key ? (
                    t('survey:imports.key')
                  ) : (
                    <Select
                      aria-label={`${t('survey:imports.holds')}: ${column}`}
                      searchable
                      clearable
                      placeholder={t('survey:imports.nothing')}
                      value={columns[column] ?? null}
                      onChange={(field) => setColumns({ ...columns, [column]: field ?? '' })}
                      data={fields}
                    />
                  ),
              },
            ]}
          />
          <Button mt="md" color="seal" loading={busy} onClick={bring} disabled={preview.columns.length === 0}>
            {t('survey:imports.bring')}
          </Button>
        </Section>
      )}
      {done && (
        <Section title={t('survey:imports.report')}>
          <Stats>
            <Stat label={t('survey:imports.read')} value={done.rows_read} />
            <Stat label={t('survey:imports.accepted')} value={done.rows_accepted} />
            <Stat label={t('survey:imports.known')} value={done.rows_known} />
            <Stat
              label={t('survey:imports.quarantined')}
              value={done.rows_quarantined}
              href="/survey/quarantine"
              tone={done.rows_quarantined > 0 ? 'seal' : 'plain'}
            />
          </Stats>
          {done.problems.length > 0 && (
            <Table
              caption={t('survey:imports.report')}
              rows={done.problems.map((each, index) => ({ ...each, index }))}
              rowKey={(row) => String(row.index)}
              columns={[
                { key: 'row', label: t('survey:imports.row'), value: (row) => row.row, width: 80, align: 'end' },
                { key: 'column', label: t('survey:imports.column'), value: (row) => row.column, primary: true },
                { key: 'code', label: t('survey:what'), value: (row) => t(`survey:doubt.${row.code}`) },
                { key: 'message', label: t('survey:got'), value: (row) => row.got || '—' },
                { key: 'hint', label: t('survey:expected'), value: (row) => t(`survey:expects.${row.expects}`) },
              ]}
            />
          )}
        </Section>
      )}
      <Section title={t('survey:imports.before')}>
        <Table
          caption={t('survey:imports.before')}
          rows={batches.data?.items ?? []}
          rowKey={(row) => row.batch_id}
          loading={batches.isPending}
          error={batches.error ?? undefined}
          empty={{ title: t('survey:imports.none') }}
          columns={[
            { key: 'file', label: t('survey:imports.file'), value: (row) => row.file_name, primary: true },
            {
              key: 'at',
              label: t('survey:received'),
              value: (row) => row.imported_at,
              cell: (row) => <DateText value={row.imported_at} style="time" />,
            },
            { key: 'read', label: t('survey:imports.read'), value: (row) => row.rows_read, align: 'end' },
            { key: 'accepted', label: t('survey:imports.accepted'), value: (row) => row.rows_accepted, align: 'end' },
            { key: 'bad', label: t('survey:imports.quarantined'), value: (row) => row.rows_quarantined, align: 'end' },
          ]}
        />
      </Section>
    </>
  )
}

/** The first values of a column, so that a person sees what it holds. */
const sample = (preview: Preview, column: string): string =>
  [...new Set(preview.rows.map((row) => row.cells[column] ?? '').filter((text) => text !== ''))].slice(0, 3).join(' · ')
