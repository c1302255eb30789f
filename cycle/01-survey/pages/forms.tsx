import { Button, FileInput, Group, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, ProblemError, useArea, useMay, useNamed } from '#web/client.ts'
import { DeviceCode } from './device-code.tsx'

export default function FormsPage() {
  const t = useWords()
  const named = useNamed()
  const may_publish = useMay('survey.publish_form')
  const may_device = useMay('survey.device')
  const forms = useQuery({ queryKey: ['survey', 'forms'], queryFn: () => call(api.api.survey.forms.$get()) })
  return (
    <>
      <PageHead title={t('survey:forms.title')} lead={t('survey:forms.lead')} />
      <Section title={t('survey:forms.list')}>
        <Table
          caption={t('survey:forms.list')}
          rows={forms.data?.items}
          rowKey={(row) => `${row.form_id} ${row.version}`}
          loading={forms.isPending}
          error={forms.error ?? undefined}
          columns={[
            { key: 'title', label: t('survey:forms.form'), value: (row) => named(row.title), primary: true },
            { key: 'version', label: t('survey:forms.version'), value: (row) => row.version, width: 140 },
            {
              key: 'state',
              label: t('survey:submissions.state'),
              cell: (row) => <Tag>{t(`survey:form_state.${row.state}`)}</Tag>,
              width: 120,
            },
            {
              key: 'at',
              label: t('survey:forms.published'),
              value: (row) => row.published_at,
              cell: (row) => <DateText value={row.published_at} />,
            },
            {
              key: 'xlsx',
              label: t('survey:forms.workbook'),
              sortable: false,
              cell: (row) => (
                <Button
                  component="a"
                  variant="subtle"
                  size="compact-sm"
                  px={0}
                  download
                  href={`/api/survey/forms/${encodeURIComponent(row.form_id)}/${encodeURIComponent(row.version)}/xlsform`}
                >
                  {t('survey:forms.download')}
                </Button>
              ),
            },
          ]}
        />
      </Section>
      {may_publish && <Publish />}
      {may_device && <Devices />}
    </>
  )
}

interface WorkbookRemark {
  path: string
  row?: number
  message: string
}

function WorkbookRemarks({ caption, rows }: { caption: string; rows: readonly WorkbookRemark[] }) {
  const t = useWords()
  return (
    <Table
      caption={caption}
      rows={rows.map((each, index) => ({ ...each, index }))}
      rowKey={(row) => String(row.index)}
      columns={[
        { key: 'row', label: t('survey:imports.row'), value: (row) => row.row, width: 80, align: 'end' },
        { key: 'path', label: t('survey:imports.column'), value: (row) => row.path, width: 200, primary: true },
        { key: 'message', label: t('survey:what'), value: (row) => row.message },
      ]}
    />
  )
}

function Publish() {
  const t = useWords()
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [files, setFiles] = useState<File[]>([])
  const [failure, setFailure] = useState<unknown>(null)
  const [published, setPublished] = useState('')
  const [remarks, setRemarks] = useState<WorkbookRemark[]>([])
  const [entities, setEntities] = useState<string[]>([])
  const publish = async () => {
    if (!file) return
    setFailure(null)
    setPublished('')
    setRemarks([])
    try {
      const answer = await call(api.api.survey.forms.$post({ form: { file, ...(files.length > 0 ? { files } : {}) } }))
      setPublished(`${answer.form_id} ${answer.version}`)
      setRemarks(answer.remarks)
      setEntities(answer.entities)
      await queries.invalidateQueries({ queryKey: ['survey', 'forms'] })
    } catch (error) {
      setFailure(error)
    }
  }
  const faults = failure instanceof ProblemError ? failure.errors : []
  return (
    <Section title={t('survey:forms.publish')}>
      <Stack gap="sm" maw={560} align="stretch">
        <FileInput
          label={t('survey:forms.choose')}
          placeholder={t('survey:pick')}
          accept=".xlsx"
          value={file}
          onChange={setFile}
          clearable
        />
        <FileInput
          label={t('survey:forms.beside')}
          placeholder={t('survey:pick')}
          multiple
          value={files}
          onChange={setFiles}
          clearable
        />
        <Button style={{ alignSelf: 'flex-start' }} color="seal" disabled={!file} onClick={() => void publish()}>
          {t('survey:forms.publish_now')}
        </Button>
      </Stack>
      {published !== '' && <p role="status">{t('survey:forms.done', { form: published })}</p>}
      {published !== '' && entities.length > 0 && (
        <p role="status">{t('survey:forms.entities', { lists: entities.join(', ') })}</p>
      )}
      {failure !== null && <ProblemView error={failure} />}
      {faults.length > 0 && <WorkbookRemarks caption={t('survey:forms.faults')} rows={faults} />}
      {remarks.length > 0 && <WorkbookRemarks caption={t('survey:forms.remarks')} rows={remarks} />}
    </Section>
  )
}

function Devices() {
  const t = useWords()
  const named = useNamed()
  const queries = useQueryClient()
  const { code } = useArea()
  const draft = useDraft('survey.device', code, '')
  const label = draft.value
  const [made, setMade] = useState<{ key: string; server_url: string | null; qr: string | null } | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const devices = useQuery({
    queryKey: ['survey', 'devices', code],
    queryFn: () => call(api.api.survey.devices.$get({ query: { area_code: code } })),
  })
  const attempt = async (work: () => Promise<unknown>) => {
    setFailure(null)
    await work().catch(setFailure)
    await queries.invalidateQueries({ queryKey: ['survey', 'devices'] })
  }
  const add = () =>
    attempt(async () => {
      setMade(await call(api.api.survey.devices.$post({ json: { label, area_code: code } })))
      draft.clear()
    })
  const revoke = (device_id: string) =>
    attempt(() => call(api.api.survey.devices[':device_id'].revoke.$post({ param: { device_id } })))
  return (
    <Section title={t('survey:devices.title')}>
      <p className="d-says">{t('survey:devices.lead')}</p>
      <Group align="end" mb="md">
        <TextInput
          label={t('survey:devices.label')}
          value={label}
          onChange={(event) => draft.set(event.currentTarget.value)}
          w={320}
        />
        <Button disabled={label.trim() === ''} onClick={() => void add()}>
          {t('survey:devices.add')}
        </Button>
      </Group>
      {failure !== null && <ProblemView error={failure} />}
      {made && <DeviceCode key_text={made.key} qr={made.qr} server_url={made.server_url} />}
      <Table
        caption={t('survey:devices.title')}
        rows={devices.data?.items}
        rowKey={(row) => row.device_id}
        loading={devices.isPending}
        error={devices.error ?? undefined}
        empty={{ title: t('survey:devices.none') }}
        columns={[
          { key: 'label', label: t('survey:devices.label'), value: (row) => row.label, primary: true },
          {
            key: 'who',
            label: t('survey:surveyor'),
            value: (row) => named(row.account_name as { en: string; zh: string }),
          },
          {
            key: 'area',
            label: t('survey:devices.area'),
            value: (row) => named(row.area_name as { en: string; zh: string }) || row.area_code,
          },
          {
            key: 'at',
            label: t('survey:devices.since'),
            value: (row) => row.created_at,
            cell: (row) => <DateText value={row.created_at} />,
          },
          {
            key: 'state',
            label: t('survey:submissions.state'),
            sortable: false,
            cell: (row) =>
              row.revoked_at ? (
                <Tag>{t('survey:devices.revoked')}</Tag>
              ) : (
                <Button variant="subtle" size="compact-md" onClick={() => void revoke(row.device_id)}>
                  {t('survey:devices.revoke')}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  )
}
