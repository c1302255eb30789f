import { Button, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '#ui/decide/dialog.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatDate } from '#ui/format.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useMay, useParam } from '#web/client.ts'
import { Links } from './links.tsx'

const load = (household_id: string) => call(api.api.match.households[':household_id'].$get({ param: { household_id } }))
type Link = Awaited<ReturnType<typeof load>>['links'][number]

/** Why these cards are one household and these members one person each; any link can be withdrawn. */
export default function HouseholdPage() {
  const t = useWords()
  const household_id = useParam('household_id')
  const may_withdraw = useMay('match.review')
  const may_see = useMay('see.household')
  const [link, setLink] = useState<Link | null>(null)
  const found = useQuery({ queryKey: ['match', 'household', household_id], queryFn: () => load(household_id) })
  if (!found.data) {
    return (
      <>
        <PageHead title={household_id} />
        {found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <p role="status">{t('ui.loading')}</p>
        )}
      </>
    )
  }
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
        actions={
          may_see && (
            <TextLink href={`/households/${household.merged_into ?? household.household_id}`}>
              {t('match:household.to_file')}
            </TextLink>
          )
        }
      />
      {persons.length > 0 && (
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
                width: 160,
              },
              {
                key: 'birth_date',
                label: t('match:member.birth_date'),
                value: (row) => row.birth_date,
                cell: (row) => <DateText value={row.birth_date} />,
                width: 150,
              },
              {
                key: 'national_id',
                label: t('match:member.national_id'),
                value: (row) => row.national_id,
                width: 150,
              },
              {
                key: 'state',
                label: t('match:household.state'),
                value: (row) => t(`match:state.${row.state}`),
                width: 120,
              },
            ]}
          />
        </Section>
      )}
      <Links links={links} merged_into={household.merged_into} onWithdraw={may_withdraw ? setLink : null} />
      {link && <Withdraw link={link} onClose={() => setLink(null)} />}
    </>
  )
}

function Withdraw(props: { link: Link; onClose: () => void }) {
  const { words: t, locale } = useReader()
  const queries = useQueryClient()
  const [failure, setFailure] = useState<unknown>(null)
  const { link } = props
  const draft = useDraft('match.withdraw', link.link_id, '')
  const what =
    link.left_kind === 'submission'
      ? t('match:household.card_of', { day: formatDate(link.surveyed_on, locale) })
      : `${t(`match:left.${link.left_kind}`)} ${link.person_name ?? ''}`
  const send = async () => {
    try {
      await call(
        api.api.match.links[':link_id'].withdraw.$post({
          param: { link_id: link.link_id },
          json: { reason: draft.value },
        }),
      )
      draft.clear()
      await queries.invalidateQueries({ queryKey: ['match'] })
      props.onClose()
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <Dialog onClose={props.onClose} title={`${t('match:household.withdraw')}${t('match:weighing.is')}${what}`}>
      <p>{t(`match:withdraw_text.${link.method === 'review' ? 'review' : link.left_kind}`)}</p>
      <Textarea
        label={t('match:household.reason')}
        data-autofocus
        autosize
        minRows={2}
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
      />
      {failure !== null && <ProblemView error={failure} />}
      <Button color="seal" mt="md" disabled={draft.value.trim() === ''} onClick={() => void send()}>
        {t('match:household.withdraw')}
      </Button>
    </Dialog>
  )
}
