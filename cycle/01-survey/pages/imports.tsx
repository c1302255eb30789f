import { Button, FileInput, Group, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft, useDrafts } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, usePackWords } from '#web/client.ts'
import { Columns, mapped, UnknownValues } from './import-columns.tsx'
import { answered, Questions } from './import-questions.tsx'
import { Found, Report, Summary } from './import-summary.tsx'
import type { Begun, Done, Mapping, Preview } from './import-types.ts'

type Kind = 'submissions' | 'register'
const blank = { kind: 'submissions' as Kind, register: null as string | null }

/** A list from its file to the registry: chosen, looked at, asked about, summed up, brought in. */
export default function ImportsPage() {
  const t = useWords()
  const label = usePackWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const asked = useDraft('survey.import', code, blank)
  const { kind, register } = asked.value
  // What was answered about a file stands again when the same file is chosen again: a browser keeps no file.
  const answers = useDrafts<Mapping | null>('survey.import.mapping', null)
  const answersOf = (of: File, of_kind: Kind) => `${code} ${of_kind} ${of.name} ${of.size} ${of.lastModified}`
  const [file, setFile] = useState<File | null>(null)
  const [saved, setSaved] = useState<string | null>(null)
  const [preview, setPreview] = useState<Preview | null>(null)
  const [begun, setBegun] = useState<Begun | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)

  const registers = useQuery({
    queryKey: ['survey', 'registers', code],
    queryFn: () => call(api.api.survey.registers.$get({ query: { area_code: code } })),
    enabled: kind === 'register',
  })
  const mappings = useQuery({
    queryKey: ['survey', 'mappings', code],
    queryFn: () => call(api.api.survey.imports.mappings.$get({ query: { area_code: code } })),
  })
  const chosen_register = register ?? registers.data?.registers[0] ?? null

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
  const sent = (of: File, of_kind: Kind, mapping: Mapping | undefined, name: string | null) => ({
    file: of,
    kind: of_kind,
    area_code: code,
    ...(of_kind === 'register' && chosen_register ? { register: chosen_register } : {}),
    ...(name ? { source: name } : {}),
    ...(mapping ? { mapping: JSON.stringify(mapping) } : name ? { mapping_name: name } : {}),
  })
  const look = (of: File | null, of_kind: Kind, mapping?: Mapping, name = saved) => {
    setFile(of)
    setBegun(null)
    setDone(null)
    // While the same file is looked at again with another answer, what was seen stays.
    if (!mapping) setPreview(null)
    if (!of) return
    const said = mapping ?? (name ? undefined : (answers.of(answersOf(of, of_kind)) ?? undefined))
    void attempt(async () => {
      setPreview(await call(api.api.survey.imports.preview.$post({ form: sent(of, of_kind, said, name) })))
    })
  }
  const again = (mapping: Mapping) => {
    if (file) answers.set(answersOf(file, kind), mapping)
    look(file, kind, mapping)
  }
  const bring = () =>
    void attempt(async () => {
      if (!file || !preview) return
      const { fingerprint, mapping } = preview
      const form = { ...sent(file, kind, mapping, saved), fingerprint }
      setBegun(await call(api.api.survey.imports.$post({ form })))
      answers.clear(answersOf(file, kind))
    })
  const finished = (result: unknown) => {
    setDone(result as Done)
    void queries.invalidateQueries({ queryKey: ['survey'] })
  }
  const open = preview?.questions.filter((each) => each.open).length ?? 0

  return (
    <>
      <PageHead title={t('survey:imports.title')} lead={t('survey:imports.lead')} />
      <Section title={t('survey:imports.file')}>
        <SegmentedControl
          aria-label={t('survey:imports.kind')}
          value={kind}
          onChange={(value) => {
            const chosen = value === 'register' ? 'register' : 'submissions'
            asked.change({ kind: chosen })
            setSaved(null)
            look(file, chosen, undefined, null)
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
            value={chosen_register}
            onChange={(value) => asked.change({ register: value })}
            data={(registers.data?.registers ?? []).map((each) => ({ value: each, label: label('register', each) }))}
          />
        )}
        <Select
          mt="md"
          maw={560}
          clearable
          label={t('survey:imports.saved')}
          description={t('survey:imports.saved_text')}
          placeholder={t('survey:imports.by_headings')}
          value={saved}
          onChange={(name) => {
            setSaved(name)
            look(file, kind, undefined, name)
          }}
          data={(mappings.data?.items ?? []).filter((each) => each.kind === kind).map((each) => each.name)}
        />
        <FileInput
          mt="md"
          maw={560}
          placeholder={t('survey:pick')}
          clearable
          label={t('survey:imports.choose')}
          description={t('survey:imports.choose_text')}
          accept=".csv,.tsv,.txt,.xlsx,.zip"
          value={file}
          onChange={(chosen) => look(chosen, kind)}
        />
      </Section>
      {failure !== null && <ProblemView error={failure} />}
      {busy && !preview && <p role="status">{t('survey:imports.looking')}</p>}
      {preview && !begun && (
        <div aria-busy={busy} style={{ opacity: busy ? 0.55 : 1 }}>
          <Found preview={preview} />
          <Questions
            questions={preview.questions}
            onAnswer={(asked, choice) => again(answered(preview.mapping, asked, choice))}
          />
          {preview.sheets
            .filter((sheet) => sheet.use !== 'unused')
            .map((sheet) => (
              <Columns
                key={sheet.sheet}
                preview={preview}
                sheet={sheet}
                onMap={(column, target) => again(mapped(preview.mapping, sheet, column, target))}
              />
            ))}
          <UnknownValues
            preview={preview}
            onSay={(target, written, choice) => {
              const { [target]: words = {}, ...others } = preview.mapping.values ?? {}
              const { [written]: _before, ...rest } = words
              const now = choice === '' ? rest : { ...rest, [written]: choice }
              again({ ...preview.mapping, values: { ...others, [target]: now } })
            }}
          />
          <Summary preview={preview} />
          <Section title={t('survey:imports.bring')}>
            <p>
              {t('survey:imports.will', {
                used: preview.rows.used,
                refused: preview.rows.refused,
                unused: preview.rows.unused,
              })}
            </p>
            {open > 0 && <p role="status">{t('survey:imports.still_open', { n: open })}</p>}
            <Button
              color="seal"
              loading={busy}
              onClick={bring}
              disabled={open > 0 || preview.rows.used + preview.rows.refused === 0}
            >
              {t('survey:imports.bring')}
            </Button>
          </Section>
          <Save kind={kind} mapping={preview.mapping} name={saved ?? ''} />
        </div>
      )}
      {begun && !done && (
        <JobProgress
          job_id={begun.job_id}
          label={t('survey:imports.bringing')}
          onDone={finished}
          onFail={() => void queries.invalidateQueries({ queryKey: ['survey'] })}
        />
      )}
      {done && <Report done={done} kind={kind} />}
      <Before code={code} />
    </>
  )
}

/** Keep the mapping under a name, for the next list of the same office. */
function Save(props: { kind: Kind; mapping: Mapping; name: string }) {
  const t = useWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const draft = useDraft('survey.mapping_name', `${code} ${props.kind}`, props.name)
  const name = draft.value
  const [kept, setKept] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const save = async () => {
    setFailure(null)
    try {
      const { kind, mapping } = props
      await call(api.api.survey.imports.mappings.$put({ json: { area_code: code, name: name.trim(), kind, mapping } }))
      setKept(name.trim())
      draft.settle()
      await queries.invalidateQueries({ queryKey: ['survey', 'mappings'] })
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <Section title={t('survey:imports.save')}>
      <Group align="flex-end">
        <TextInput
          style={{ flex: '1 1 240px', maxWidth: 420 }}
          label={t('survey:imports.name')}
          description={t('survey:imports.name_text')}
          value={name}
          maxLength={100}
          onChange={(event) => draft.set(event.currentTarget.value)}
        />
        <Button variant="default" disabled={name.trim() === ''} onClick={() => void save()}>
          {t('survey:imports.keep')}
        </Button>
      </Group>
      {kept !== '' && <p role="status">{t('survey:imports.kept', { name: kept })}</p>}
      {failure !== null && <ProblemView error={failure} />}
    </Section>
  )
}

function Before(props: { code: string }) {
  const t = useWords()
  const batches = useQuery({
    queryKey: ['survey', 'imports', props.code],
    queryFn: () => call(api.api.survey.imports.$get({ query: { area_code: props.code } })),
  })
  return (
    <Section title={t('survey:imports.before')}>
      <Table
        caption={t('survey:imports.before')}
        rows={batches.data?.items}
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
          { key: 'state', label: t('survey:submissions.state'), value: (row) => t(`survey:batch.${row.state}`) },
          { key: 'read', label: t('survey:imports.read'), value: (row) => row.rows_read, align: 'end' },
          { key: 'accepted', label: t('survey:imports.accepted'), value: (row) => row.rows_accepted, align: 'end' },
          { key: 'known', label: t('survey:imports.known'), value: (row) => row.rows_known, align: 'end' },
          {
            key: 'bad',
            label: t('survey:imports.quarantined'),
            value: (row) => row.rows_quarantined,
            cell: (row) =>
              row.rows_quarantined > 0 ? (
                <TextLink href={`/survey/quarantine?import=${row.batch_id}`}>
                  <Num value={row.rows_quarantined} />
                </TextLink>
              ) : (
                <Num value={0} />
              ),
            align: 'end',
          },
        ]}
      />
      {batches.data?.items.some((row) => row.state === 'stopped') && (
        <p className="d-says">{t('survey:imports.go_on')}</p>
      )}
    </Section>
  )
}
