import { Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { deepEqual } from '../../workbench/equal.ts'
import { useMay } from '#web/client.ts'
import { useSay } from '../rulebook/say.ts'
import { keys, loadBench, loadEntry, saveEntry, type BenchData, type EntryData } from './data.ts'
import { ExamplesPart, Part } from './parts.tsx'
import { ProblemLine } from './problem.tsx'

type Fields = Record<string, unknown>
type Typed = { seen: EntryData; value: Fields }
const fieldsOf = (entry: EntryData) => (entry.value ?? entry.before ?? {}) as Fields

/** Chapters whose entries carry worked examples (packs/schema/schema.ts). */
const WITH_EXAMPLES = new Set(['derived', 'indicators', 'vetoes'])
/** Named in the heading, and the key by which others refer to the entry. */
const FIXED = new Set(['code', 'examples'])

/** One entry of a draft, opened to be written. */
export function EntryEditor(props: {
  draft_id: string
  entry_id: string
  open: boolean
  onMoved: (id?: string) => void
}) {
  const { draft_id, entry_id } = props
  const entry = useQuery({ queryKey: keys.entry(draft_id, entry_id), queryFn: () => loadEntry(draft_id, entry_id) })
  const bench = useQuery({ queryKey: keys.bench(draft_id), queryFn: () => loadBench(draft_id) })
  const error = entry.error ?? bench.error
  if (error) return <ProblemView error={error} onRetry={() => void entry.refetch()} />
  if (!entry.data || !bench.data) return <Waiting />
  return <Editor key={`${entry_id} ${entry.data.value === null}`} {...props} entry={entry.data} bench={bench.data} />
}

/** What is typed into an entry, and how it is saved. */
function useTyped(draft_id: string, entry: EntryData) {
  const queries = useQueryClient()
  // What is typed, and the entry as it stood when typing began: somebody else's change is seen against that.
  const typed = useDraft<Typed | null>('assess.entry', `${draft_id} ${entry.id}`, null)
  const seen = typed.value?.seen ?? entry
  const value = typed.value?.value ?? fieldsOf(entry)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const dirty = !deepEqual(value, seen.value ?? seen.before)
  const setValue = (next: Fields) => typed.set(deepEqual(next, fieldsOf(seen)) ? null : { seen, value: next })
  useEffect(() => {
    if (!dirty) return undefined
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [dirty])

  // Somebody changed the draft elsewhere and left this entry as it was: nothing of theirs is lost by saving here.
  const untouched = dirty && entry.revision > seen.revision && deepEqual(entry.value, seen.value)

  const save = async (id: string, next: unknown, over = seen.revision): Promise<boolean> => {
    setBusy(true)
    setError(null)
    try {
      const { revision } = await saveEntry(draft_id, over, id, next)
      // Until the entry is here as it was saved, what was typed stays on the screen.
      const now = { ...seen, revision, value: next as EntryData['value'] }
      if (id === entry.id) typed.set(next === null ? null : { seen: now, value: next as Fields })
      await queries.invalidateQueries({ queryKey: ['rules'] })
      if (id === entry.id) typed.clear()
      return true
    } catch (thrown) {
      setError(thrown)
      await queries.invalidateQueries({ queryKey: ['rules', 'draft', draft_id] })
      return false
    } finally {
      setBusy(false)
    }
  }
  const reload = () => {
    setError(null)
    typed.clear()
    void queries.invalidateQueries({ queryKey: ['rules', 'draft', draft_id] })
  }
  return { seen, value, setValue, dirty, untouched, error, busy, save, reload }
}

function Editor(props: {
  draft_id: string
  open: boolean
  entry: EntryData
  bench: BenchData
  onMoved: (id?: string) => void
}) {
  const t = useWords()
  const say = useSay()
  const { draft_id, entry, bench } = props
  const removed = entry.value === null
  const { seen, value, setValue, dirty, untouched, error, busy, save, reload } = useTyped(draft_id, entry)
  const label = say(value['label'] as Record<string, string> | undefined)
  return (
    <article className="w-entry" aria-labelledby="w-entry-name">
      <h2 id="w-entry-name">
        {label || entry.id} <code>{entry.id}</code>
      </h2>
      {error !== null && (
        <ProblemView error={error}>
          {untouched && (
            <Button mt={8} mr={8} onClick={() => void save(entry.id, value, entry.revision)}>
              {t('assess:bench.save_over')}
            </Button>
          )}
          <Button variant="default" mt={8} onClick={reload}>
            {t('assess:bench.reload')}
          </Button>
        </ProblemView>
      )}
      {removed && <p className="w-note">{t('assess:bench.removed')}</p>}
      {!dirty && <EntryProblems problems={entry.problems} />}
      <fieldset className="w-fields" disabled={!props.open || removed}>
        {Object.entries(value)
          .filter(([name]) => !FIXED.has(name))
          .map(([name, part]) => (
            <Part
              key={name}
              bench={bench}
              id={entry.id}
              path={name}
              name={name}
              value={part}
              onChange={(next) => setValue({ ...value, [name]: next })}
            />
          ))}
        {WITH_EXAMPLES.has(entry.chapter) && (
          <ExamplesPart
            draft_id={draft_id}
            bench={bench}
            id={entry.id}
            value={value}
            onChange={(examples) => setValue({ ...value, examples })}
          />
        )}
      </fieldset>
      {props.open && (
        <SaveBar
          dirty={dirty}
          removed={removed}
          busy={busy}
          revision={seen.revision}
          onSave={() => void save(entry.id, value)}
          onReload={reload}
        >
          <WhatIfLink draft_id={draft_id} />
        </SaveBar>
      )}
      {props.open && (
        <MoreWithEntry entry={entry} value={value} removed={removed} save={save} onMoved={props.onMoved} />
      )}
      <details className="w-file">
        <summary>{t('assess:bench.in_file')}</summary>
        <pre tabIndex={0}>{entry.text}</pre>
      </details>
    </article>
  )
}

function EntryProblems({ problems }: Pick<EntryData, 'problems'>) {
  if (problems.length === 0) return null
  return (
    <ul className="a-problems">
      {problems.map((problem, index) => (
        <li key={index}>
          <ProblemLine code={problem.code} message={problem.message} hint={problem.hint} />
        </li>
      ))}
    </ul>
  )
}

/** Saving what is typed or dropping it, and which revision it rests on. */
function SaveBar(props: {
  dirty: boolean
  removed: boolean
  busy: boolean
  revision: number
  onSave: () => void
  onReload: () => void
  children: ReactNode
}) {
  const t = useWords()
  return (
    <div className="w-foot">
      <Button disabled={!props.dirty || props.removed} loading={props.busy} onClick={props.onSave}>
        {t('assess:bench.save')}
      </Button>
      <Button variant="default" disabled={!props.dirty} onClick={props.onReload}>
        {t('assess:bench.drop')}
      </Button>
      <span className="d-says" role="status">
        {t(props.dirty ? 'assess:bench.unsaved' : 'assess:bench.saved', { n: props.revision })}
      </span>
      {props.children}
    </div>
  )
}

function WhatIfLink({ draft_id }: { draft_id: string }) {
  const t = useWords()
  if (!useMay('assess.what_if')) return null
  return <TextLink href={`/what-if?draft_id=${draft_id}`}>{t('assess:bench.what_if')}</TextLink>
}

/** Taking an entry out, bringing it back, and beginning another from it. */
function MoreWithEntry(props: {
  entry: EntryData
  value: Fields
  removed: boolean
  save: (id: string, value: unknown) => Promise<boolean>
  onMoved: (id?: string) => void
}) {
  const t = useWords()
  const { entry, value } = props
  const draft = useDraft('assess.copy', entry.id, '')
  const code = draft.value
  const key = entry.chapter === 'derived' ? 'name' : 'code'
  if (typeof value[key] !== 'string') return null
  const copy_id = `${entry.id.slice(0, entry.id.lastIndexOf('.'))}.${code}`
  return (
    <details className="w-file">
      <summary>{t('assess:bench.more')}</summary>
      <div className="w-more">
        <TextInput
          label={t('assess:bench.copy_code')}
          value={code}
          onChange={(event) => draft.set(event.currentTarget.value.replaceAll(/\W/g, '_'))}
        />
        <Button
          variant="default"
          disabled={code === '' || code === value[key]}
          onClick={() =>
            void props.save(copy_id, { ...value, [key]: code }).then((done) => {
              if (!done) return
              draft.clear()
              props.onMoved(copy_id)
            })
          }
        >
          {t('assess:bench.copy')}
        </Button>
        {props.removed ? (
          <Button variant="default" onClick={() => void props.save(entry.id, entry.before)}>
            {t('assess:bench.bring_back')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => void props.save(entry.id, null).then(() => props.onMoved())}>
            {t('assess:bench.take_out')}
          </Button>
        )}
      </div>
    </details>
  )
}
