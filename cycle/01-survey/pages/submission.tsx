import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Facts } from '#ui/facts.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Photo } from '#ui/photo.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useLanguage, useParam } from '#web/client.ts'
import { Answer } from './answer.tsx'
import { labelIn, type Question } from './labels.ts'

type Values = Record<string, unknown>

/** Not every question is put to everyone: a child is not asked about work. */
const known = (value: unknown) => value !== null && value !== undefined && value !== ''

/** One of a list, by name. */
function Entry(props: { title: string; children: ReactNode }) {
  return (
    <section aria-label={props.title} style={{ marginBlock: 16 }}>
      <h3 style={{ margin: '0 0 4px', fontSize: 16 }}>{props.title}</h3>
      {props.children}
    </section>
  )
}

export default function SubmissionPage() {
  const t = useWords()
  const language = useLanguage()
  const instance_id = useParam('instance_id')
  const found = useQuery({
    queryKey: ['survey', 'submission', instance_id],
    queryFn: async () => {
      const submission = await call(api.api.survey.submissions[':instance_id'].$get({ param: { instance_id } }))
      const { form_id, form_version: version } = submission
      const form = await call(api.api.survey.forms[':form_id'][':version'].$get({ param: { form_id, version } }))
      return { submission, form }
    },
  })
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  if (!found.data) {
    return (
      <>
        <PageHead title={t('survey:submission.title')} />
        <Waiting />
      </>
    )
  }
  const { submission, form } = found.data
  const fields = form.fields as unknown as Record<string, Question>
  const lists = form.lists as unknown as Record<string, Record<string, Question>>
  const answers = submission.answers as Values
  const people = (answers['members'] ?? []) as Values[]
  const missing = submission.files_named.filter((file) => !file.received)
  return (
    <>
      <PageHead
        title={String(people[0]?.['name'] ?? submission.instance_id)}
        lead={t('survey:submission.lead', {
          form: labelIn(form.title, language, submission.form_id),
          version: submission.form_version,
        })}
        meta={
          <>
            <Tag>{t(`survey:state.${submission.state}`)}</Tag>
            <span>
              {t('survey:received')} <DateText value={submission.received_at} style="time" />
            </span>
          </>
        }
      />
      {(submission.corrects ?? submission.corrected_by) && (
        <p>
          {submission.corrects && (
            <TextLink href={`/survey/submissions/${encodeURIComponent(submission.corrects)}`}>
              {t('survey:submission.corrects')}
            </TextLink>
          )}{' '}
          {submission.corrected_by && (
            <TextLink href={`/survey/submissions/${encodeURIComponent(submission.corrected_by)}`}>
              {t('survey:submission.corrected_by')}
            </TextLink>
          )}
        </p>
      )}
      {submission.problems.length > 0 && (
        <Section title={t('survey:doubts')}>
          <Table
            caption={t('survey:doubts')}
            rows={submission.problems.map((each, index) => ({ ...each, index }))}
            rowKey={(row) => String(row.index)}
            columns={[
              { key: 'path', label: t('survey:question'), cell: (row) => nameOf(row.path), primary: true },
              { key: 'code', label: t('survey:what'), value: (row) => t(`survey:doubt.${row.code}`) },
              { key: 'got', label: t('survey:got'), value: (row) => row.got },
              { key: 'expected', label: t('survey:expected'), value: (row) => row.expected },
            ]}
          />
        </Section>
      )}
      {form.groups.map((group) => {
        const title = labelIn(group.labels, language, group.name)
        const list = lists[group.name]
        // A list within a list stands with each of its entries.
        if (group.list && group.name.includes('.')) return null
        if (group.list && list) {
          const entries = (answers[group.name] ?? []) as Values[]
          return (
            <Section key={group.name} title={title}>
              {entries.map((entry, index) => (
                <Entry key={index} title={String(entry['name'] ?? index + 1)}>
                  <Facts
                    columns={3}
                    items={Object.values(list)
                      .filter((question) => question.name !== 'name' && known(entry[question.name]))
                      .map((question) => factOf(question, entry[question.name]))}
                  />
                  {inside(group.name).map((inner) => listOf(inner, entry))}
                </Entry>
              ))}
            </Section>
          )
        }
        const asked = group.fields.flatMap((name) => (fields[name] ? [fields[name]] : []))
        if (asked.every((question) => (answers[question.name] ?? null) === null)) return null
        return (
          <Section key={group.name} title={title}>
            <Facts columns={3} items={asked.map((question) => factOf(question, answers[question.name]))} />
          </Section>
        )
      })}
      {submission.files.length + missing.length > 0 && (
        <Section title={t('survey:files')}>
          {missing.map((file) => (
            <p key={file.path}>
              <Tag tone="unknown">{t('survey:photo.not_received')}</Tag> {nameOf(file.path)}: {file.file_name}
            </p>
          ))}
          {submission.files.map((file) => (
            <Photo
              key={file.file_name}
              address={`/api/survey/submissions/${encodeURIComponent(instance_id)}/files/${encodeURIComponent(file.file_name)}`}
              {...file}
            />
          ))}
          <p className="d-says">{t('survey:photo.recorded')}</p>
        </Section>
      )}
      <p className="d-says" style={{ overflowWrap: 'anywhere' }}>
        {submission.instance_id} · SHA-256 {submission.xml_sha256}
      </p>
    </>
  )

  function inside(name: string) {
    return form.groups.filter((group) => group.list && group.name.slice(0, group.name.lastIndexOf('.')) === name)
  }

  /** The entries of a list within an entry, each with its answers and the lists within it in turn. */
  function listOf(group: (typeof form.groups)[number], within: Values): ReactNode {
    const entries = (within[group.name.slice(group.name.lastIndexOf('.') + 1)] ?? []) as Values[]
    const questions = Object.values(lists[group.name] ?? {})
    return entries.map((entry, index) => (
      <div key={`${group.name} ${index}`} style={{ marginInlineStart: 20, marginBlock: 8 }}>
        <p style={{ margin: '0 0 4px', fontWeight: 600 }}>
          {labelIn(group.labels, language, group.name)} {index + 1}
        </p>
        <Facts
          columns={3}
          items={questions
            .filter((question) => known(entry[question.name]))
            .map((question) => factOf(question, entry[question.name]))}
        />
        {inside(group.name).map((inner) => listOf(inner, entry))}
      </div>
    ))
  }

  function nameOf(path: string): string {
    const name = (path.split('/').at(-1) ?? '').replace(/\[\d+\]$/, '')
    const entry = /\[(\d+)\]\//.exec(path)?.[1]
    const question = fields[name] ?? Object.values(lists).find((list) => list[name])?.[name]
    return `${labelIn(question?.labels, language, path)}${entry ? ` (${entry})` : ''}`
  }

  function factOf(question: Question, value: unknown) {
    return {
      key: question.name,
      label: labelIn(question.labels, language, question.name),
      value: <Answer question={question} value={value} />,
    }
  }
}
