import { Button, Modal, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Tag } from '#ui/state.tsx'
import { Table } from '#ui/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useMay, useParam } from '#web/client.ts'

const load = (household_id: string) => call(api.api.match.households[':household_id'].$get({ param: { household_id } }))
type Link = Awaited<ReturnType<typeof load>>['links'][number]

/** Why these cards are one household and these members one person each; any link can be withdrawn. */
export default function HouseholdPage() {
  const t = useWords()
  const household_id = useParam('household_id')
  const may_withdraw = useMay('match.review')
  const [link, setLink] = useState<Link | null>(null)
  const found = useQuery({ queryKey: ['match', 'household', household_id], queryFn: () => load(household_id) })
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  if (!found.data) return <p role="status">{t('ui.loading')}</p>
  const { household, persons, links } = found.data
  return (
    <>
      <PageHead
        title={household.head_name}
        lead={household.household_id}
        meta={
          household.merged_into ? (
            <TextLink href={`/match/households/${household.merged_into}`}>
              {t('match:household.merged', { household_id: household.merged_into })}
            </TextLink>
          ) : (
            <Tag>{t(`match:state.${household.state}`)}</Tag>
          )
        }
      />
      <Section title={t('match:household.persons')}>
        <Table
          caption={t('match:household.persons')}
          rows={persons}
          rowKey={(row) => row.person_id}
          columns={[
            { key: 'name', label: t('match:member.name'), value: (row) => row.name, primary: true },
            {
              key: 'relation',
              label: t('match:member.relation'),
              value: (row) => (row.relation ? t(`match:relation.${row.relation}`) : null),
            },
            {
              key: 'birth_date',
              label: t('match:member.birth_date'),
              value: (row) => row.birth_date,
              cell: (row) => <DateText value={row.birth_date} />,
            },
            { key: 'national_id', label: t('match:member.national_id'), value: (row) => row.national_id },
            {
              key: 'state',
              label: t('match:household.state'),
              value: (row) => t(`match:state.${row.state}`),
              width: 120,
            },
          ]}
        />
      </Section>
      <Section title={t('match:household.links')}>
        <Table
          caption={t('match:household.links')}
          rows={links}
          rowKey={(row) => row.link_id}
          columns={[
            {
              key: 'left',
              label: t('match:summary.what'),
              value: (row) => [t(`match:left.${row.left_kind}`), row.person_name].filter(Boolean).join(' '),
              primary: true,
            },
            { key: 'method', label: t('match:summary.how'), value: (row) => t(`match:method.${row.method}`) },
            { key: 'band', label: t('match:summary.sure'), value: (row) => t(`match:band.${row.band}`), width: 140 },
            {
              key: 'linked_at',
              label: t('match:household.linked_at'),
              value: (row) => row.linked_at,
              cell: (row) => <DateText value={row.linked_at} />,
              width: 130,
            },
            {
              key: 'withdrawn',
              label: t('match:household.withdrawn'),
              value: (row) => row.withdrawn_reason,
              cell: (row) =>
                row.withdrawn_at !== null ? (
                  <span className="d-says">{row.withdrawn_reason}</span>
                ) : may_withdraw ? (
                  <Button size="compact-sm" variant="subtle" onClick={() => setLink(row)}>
                    {t('match:household.withdraw')}
                  </Button>
                ) : null,
            },
          ]}
        />
      </Section>
      {link && <Withdraw link={link} onClose={() => setLink(null)} />}
    </>
  )
}

function Withdraw(props: { link: Link; onClose: () => void }) {
  const t = useWords()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const { link } = props
  const send = async () => {
    try {
      await call(api.api.match.links[':link_id'].withdraw.$post({ param: { link_id: link.link_id }, json: { reason } }))
      await queries.invalidateQueries({ queryKey: ['match'] })
      props.onClose()
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <Modal opened onClose={props.onClose} title={t('match:household.withdraw')}>
      <p>{t(`match:withdraw_text.${link.method === 'review' ? 'review' : link.left_kind}`)}</p>
      <Textarea
        label={t('match:household.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {failure !== null && <ProblemView error={failure} />}
      <Button color="seal" mt="md" disabled={reason.trim() === ''} onClick={() => void send()}>
        {t('match:household.withdraw')}
      </Button>
    </Modal>
  )
}
