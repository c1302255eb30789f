import { Button, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'
import { keys, loadDrafts } from './data.ts'
import '../assess.css'
import '../rulebook/rules.css'
import './workbench.css'

/** Drafts of the rules, and the place to begin one. */
export default function DraftsPage() {
  const t = useWords()
  const named = useNamed()
  const drafts = useQuery({ queryKey: keys.drafts, queryFn: loadDrafts })
  return (
    <>
      <PageHead
        title={t('assess:bench.title')}
        lead={t('assess:bench.lead')}
        meta={
          <>
            <TextLink href="/rules">{t('assess:rules.title')}</TextLink>
            <TextLink href="/rules/versions">{t('assess:bench.history')}</TextLink>
          </>
        }
      />
      {drafts.error && <ProblemView error={drafts.error} onRetry={() => void drafts.refetch()} />}
      {drafts.isPending && <Waiting lines={4} />}
      {drafts.data && (
        <Section title={t('assess:bench.drafts')}>
          {drafts.data.items.length === 0 && (
            <Empty title={t('assess:bench.none')} text={t('assess:bench.none_text')} />
          )}
          <ul className="w-list">
            {drafts.data.items.map((draft) => (
              <li key={draft.draft_id}>
                <p className="w-list-name">
                  <TextLink href={`/rules/drafts/${draft.draft_id}`}>{draft.title}</TextLink>{' '}
                  <Tag tone={draft.state === 'open' ? 'unknown' : 'plain'}>
                    {t(`assess:bench.state.${draft.state}`)}
                  </Tag>
                </p>
                <p>{draft.why}</p>
                <p className="d-says">
                  {draft.updated_by && named(draft.updated_by)} · <DateText value={draft.updated_at} />
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Begin />
    </>
  )
}

const blank = { title: '', why: '' }

function Begin() {
  const t = useWords()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const draft = useDraft('assess.begin', 'draft', blank)
  const { title, why } = draft.value
  const [error, setError] = useState<unknown>(null)
  const begin = async () => {
    try {
      const { draft_id } = await call(api.api.rules.drafts.$post({ json: { title, why } }))
      draft.clear()
      await queries.invalidateQueries({ queryKey: keys.drafts })
      await navigate({ to: `/rules/drafts/${draft_id}` })
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Section title={t('assess:bench.begin')}>
      <form
        className="w-begin"
        onSubmit={(event) => {
          event.preventDefault()
          void begin()
        }}
      >
        <TextInput
          label={t('assess:bench.draft_title')}
          maxLength={200}
          required
          value={title}
          onChange={(event) => draft.change({ title: event.currentTarget.value })}
        />
        <Textarea
          label={t('assess:bench.draft_why')}
          description={t('assess:bench.draft_why_help')}
          maxLength={4000}
          autosize
          minRows={2}
          required
          value={why}
          onChange={(event) => draft.change({ why: event.currentTarget.value })}
        />
        {error !== null && <ProblemView error={error} />}
        <Button type="submit" disabled={title.trim().length < 3 || why.trim().length < 3}>
          {t('assess:bench.begin_button')}
        </Button>
      </form>
    </Section>
  )
}
