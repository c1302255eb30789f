import { Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useMay, useNamed, useParam, useView } from '#web/client.ts'
import { useSay } from '../rulebook/say.ts'
import { keys, loadDraft, type DraftData } from './data.ts'
import { Changes } from './diff.tsx'
import { EntryEditor } from './entry.tsx'
import { ProblemLine } from './problem.tsx'
import '../assess.css'
import '../rulebook/rules.css'
import './workbench.css'

const view = z.object({ entry: z.string().max(200).optional(), find: z.string().max(80).optional() })

/** One draft: what it changes, what is wrong with it, any entry opened to be written, and its way into force. */
export default function DraftPage() {
  const t = useWords()
  const named = useNamed()
  const draft_id = useParam('draft_id')
  const [{ entry, find = '' }, setView] = useView(view)
  const draft = useQuery({ queryKey: keys.draft(draft_id), queryFn: () => loadDraft(draft_id) })
  if (draft.error) return <ProblemView error={draft.error} onRetry={() => void draft.refetch()} />
  const { data } = draft
  if (!data) {
    return (
      <>
        <PageHead title={t('assess:bench.title')} />
        <Waiting />
      </>
    )
  }
  const open = data.state === 'open'
  const show = (id?: string) => {
    setView({ entry: id })
    if (id) requestAnimationFrame(() => document.getElementById('write')?.scrollIntoView({ block: 'start' }))
  }
  return (
    <>
      <PageHead
        title={data.title}
        lead={data.why}
        meta={
          <>
            <Tag tone={open ? 'unknown' : 'plain'}>{t(`assess:bench.state.${data.state}`)}</Tag>
            <span>
              {t('assess:bench.written_by')}{' '}
              {data.editors.map((each) => (each.name ? named(each.name) : '?')).join(t('assess:rules.comma'))}
            </span>
            <span>
              <DateText value={data.updated_at} />
            </span>
            <TextLink href="/rules/drafts">{t('assess:bench.all_drafts')}</TextLink>
          </>
        }
      />
      {open && <Standing draft={data} />}
      <Section title={t('assess:bench.changes', { n: data.changes.length })}>
        {data.changes.length === 0 && (
          <Empty title={t('assess:bench.no_changes')} text={t('assess:bench.no_changes_text')} />
        )}
        <Changes changes={data.changes} onOpen={show} />
      </Section>
      <Section id="write" title={t(open ? 'assess:bench.write' : 'assess:bench.look')}>
        <div className="w-desk">
          <Entries
            draft={data}
            find={find}
            chosen={entry}
            onFind={(next) => setView({ find: next || undefined }, { replace: true })}
            onOpen={show}
          />
          {entry ? (
            <EntryEditor draft_id={draft_id} entry_id={entry} open={open} onMoved={show} />
          ) : (
            <Empty title={t('assess:bench.choose')} text={t('assess:bench.choose_text')} />
          )}
        </div>
      </Section>
    </>
  )
}

/** What the check says of the draft, and what may be done with it by whom. */
function Standing({ draft }: { draft: DraftData }) {
  const t = useWords()
  const queries = useQueryClient()
  const may_publish = useMay('rules.publish')
  const may_ask = useMay('assess.what_if')
  const [error, setError] = useState<unknown>(null)
  const [sure, setSure] = useState(false)
  const { draft_id, revision, problems } = draft
  const act = async (call_it: () => Promise<unknown>) => {
    setError(null)
    setSure(false)
    try {
      await call_it()
    } catch (thrown) {
      setError(thrown)
    }
    await queries.invalidateQueries({ queryKey: ['rules'] })
    await queries.invalidateQueries({ queryKey: ['pack'] })
  }
  const at = api.api.rules.drafts[':draft_id']
  const body = { param: { draft_id }, json: { revision } }
  const ready = problems.length === 0 && draft.changes.length > 0 && !draft.outdated
  return (
    <Section title={t('assess:bench.standing')}>
      {error !== null && <ProblemView error={error} />}
      <div className="w-standing" role="status">
        {problems.length === 0 ? (
          <State state="met" word={t('assess:bench.check_good')} />
        ) : (
          <State state="unmet" word={t('assess:bench.check_bad', { n: problems.length })} />
        )}
        <ul className="a-problems">
          {problems.slice(0, 20).map((problem, index) => (
            <li key={index}>
              <ProblemLine
                code={problem.code}
                place={[problem.file, problem.at].filter(Boolean).join(' ')}
                message={problem.message}
                hint={problem.hint}
              />
            </li>
          ))}
        </ul>
        {draft.outdated && (
          <p className="w-note">
            {t('assess:bench.outdated')}{' '}
            <Button size="xs" variant="default" onClick={() => void act(() => call(at.renew.$post(body)))}>
              {t('assess:bench.renew')}
            </Button>
          </p>
        )}
        {draft.edited_by_me && <p className="d-says">{t('assess:bench.second_person')}</p>}
        <div className="w-foot">
          {may_publish && !draft.edited_by_me && !sure && (
            <Button color="seal" disabled={!ready} onClick={() => setSure(true)}>
              {t('assess:bench.publish')}
            </Button>
          )}
          {sure && (
            <>
              <span>{t('assess:bench.publish_sure', { n: draft.changes.length })}</span>
              <Button color="seal" onClick={() => void act(() => call(at.publish.$post(body)))}>
                {t('assess:bench.publish_yes')}
              </Button>
              <Button variant="default" onClick={() => setSure(false)}>
                {t('assess:bench.publish_no')}
              </Button>
            </>
          )}
          <Button variant="default" onClick={() => void act(() => call(at.withdraw.$post(body)))}>
            {t('assess:bench.withdraw')}
          </Button>
          <a className="d-link" href={`/api/rules/files.zip?of=draft:${draft_id}`} download>
            {t('assess:bench.download')}
          </a>
          {may_ask && <TextLink href={`/what-if?draft_id=${draft_id}`}>{t('assess:bench.what_if')}</TextLink>}
        </div>
      </div>
    </Section>
  )
}

const CHAPTERS = [
  'indicators',
  'verdict',
  'vetoes',
  'appraisal',
  'causes',
  'measures',
  'alerts',
  'exit',
  'derived',
  'parameters',
  'words',
]

/** Every entry of the rules by chapter, those that the draft changes or that have problems marked. */
function Entries(props: {
  draft: DraftData
  find: string
  chosen: string | undefined
  onFind: (find: string) => void
  onOpen: (id: string) => void
}) {
  const t = useWords()
  const say = useSay()
  const wanted = props.find.trim().toLowerCase()
  const found = props.draft.entries.filter(
    (each) => wanted === '' || each.id.toLowerCase().includes(wanted) || say(each.label).toLowerCase().includes(wanted),
  )
  return (
    <nav className="w-entries" aria-label={t('assess:bench.entries')}>
      <TextInput
        type="search"
        label={t('assess:rules.find')}
        value={props.find}
        onChange={(event) => props.onFind(event.currentTarget.value)}
      />
      {CHAPTERS.map((chapter) => {
        const own = found.filter((each) => each.chapter === chapter)
        if (own.length === 0) return null
        const holds = own.some((each) => each.id === props.chosen || each.changed || each.problems > 0)
        return (
          <details key={chapter} open={wanted !== '' || holds ? true : undefined}>
            <summary>
              {t(`assess:bench.chapter.${chapter}`)} <span className="d-num">{own.length}</span>
            </summary>
            <ul>
              {own.map((each) => (
                <li key={each.id}>
                  <button
                    type="button"
                    aria-current={each.id === props.chosen ? 'true' : undefined}
                    onClick={() => props.onOpen(each.id)}
                  >
                    {say(each.label) || each.id.slice(each.id.indexOf('.') + 1)}
                    {each.problems > 0 && <State state="unmet" word={String(each.problems)} />}
                    {each.changed && <Tag>{t('assess:bench.change.changed')}</Tag>}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        )
      })}
    </nav>
  )
}
