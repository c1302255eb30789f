import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useMay, useView } from '#web/client.ts'
import { ParameterEntry } from './parameters.tsx'
import { loadBook, RuleEntry, type Book } from './entry.tsx'
import { useSay } from './say.ts'
import { TryRule } from '../workbench/try-rule.tsx'
import '../assess.css'
import './rules.css'

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
] as const
const view = z.object({ chapter: z.enum(CHAPTERS).optional(), find: z.string().max(80).optional() })

/** The pack as a book for everybody: each rule in plain words, as the computer reads it, with its source. */
export default function RulesPage() {
  const t = useWords()
  const say = useSay()
  const may_draft = useMay('rules.draft')
  const [{ chapter = 'indicators', find = '' }, setView] = useView(view)
  const book = useQuery({ queryKey: ['rules'], queryFn: loadBook, staleTime: Number.POSITIVE_INFINITY })
  if (book.error) return <ProblemView error={book.error} onRetry={() => void book.refetch()} />
  const { data } = book
  const wanted = find.trim().toLowerCase()
  const has = (...texts: (string | null)[]) => holds(texts, wanted)
  const entries = (data?.entries ?? []).filter((each) =>
    wanted === ''
      ? each.chapter === chapter
      : has(say(each.label), say(each.plain), each.code, each.rule, say(each.source.title)),
  )
  const parameters = (data?.parameters ?? []).filter((each) =>
    wanted === '' ? chapter === 'parameters' : has(say(each.label), say(each.plain), each.code),
  )
  const found = entries.length + parameters.length
  return (
    <>
      <PageHead
        title={t('assess:rules.title')}
        lead={t('assess:rules.lead')}
        actions={
          <Button variant="default" onClick={() => document.getElementById('try')?.scrollIntoView()}>
            {t('assess:rules.try')}
          </Button>
        }
        meta={data && <Edition book={data} may_draft={may_draft} />}
      />
      <TextInput
        className="d-screen a-find"
        type="search"
        label={t('assess:rules.find')}
        placeholder={t('assess:rules.find_hint')}
        value={find}
        onChange={(event) => setView({ find: event.currentTarget.value || undefined }, { replace: true })}
      />
      <Chapters
        counts={data && countsOf(data)}
        current={wanted === '' ? chapter : null}
        onChoose={(each) => setView({ chapter: each, find: undefined })}
      />
      {book.isPending && <Waiting />}
      {data && (
        <Section title={wanted === '' ? t(`assess:rules.chapter.${chapter}`) : t('assess:rules.found', { n: found })}>
          {wanted === '' && <p className="d-lead a-chapter-lead">{t(`assess:rules.chapter_lead.${chapter}`)}</p>}
          {found === 0 && <Empty title={t('assess:rules.nothing')} />}
          {entries.map((entry) => (
            <RuleEntry key={entry.id} entry={entry} book={data} />
          ))}
          {parameters.map((parameter) => (
            <ParameterEntry key={parameter.code} parameter={parameter} book={data} />
          ))}
        </Section>
      )}
      {data && <TryRule fields={data.fields} start={startOf(data)} />}
    </>
  )
}

/** Which pack this is, and the way to its earlier versions and to drafts. */
function Edition({ book, may_draft }: { book: Book; may_draft: boolean }) {
  const t = useWords()
  const say = useSay()
  return (
    <>
      <span>{say(book.title)}</span>
      <span>
        {t('assess:rules.reference')} <DateText value={book.reference_date} />
      </span>
      <span>
        {t('assess:rules.hash')} <code>{book.pack_hash.slice(0, 12)}</code>
      </span>
      <TextLink href="/rules/versions">{t('assess:bench.history')}</TextLink>
      {may_draft && <TextLink href="/rules/drafts">{t('assess:bench.title')}</TextLink>}
    </>
  )
}

type Chapter = (typeof CHAPTERS)[number]

function Chapters(props: {
  counts: Record<string, number> | undefined
  /** None where a search runs over all of them. */
  current: Chapter | null
  onChoose: (chapter: Chapter) => void
}) {
  const t = useWords()
  const { counts, current, onChoose } = props
  return (
    <nav className="d-screen a-chapters" aria-label={t('assess:rules.chapters')}>
      {CHAPTERS.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={each === current ? 'true' : undefined}
          onClick={() => onChoose(each)}
        >
          {t(`assess:rules.chapter.${each}`)} {counts && <span className="d-num">{counts[each] ?? 0}</span>}
        </button>
      ))}
    </nav>
  )
}

/** Whether one of these texts holds what is searched for, in small letters. */
const holds = (texts: (string | null)[], wanted: string): boolean =>
  texts.some((text) => text?.toLowerCase().includes(wanted))

function countsOf(book: Book): Record<string, number> {
  const counts: Record<string, number> = { parameters: book.parameters.length }
  for (const { chapter } of book.entries) counts[chapter] = (counts[chapter] ?? 0) + 1
  return counts
}

/** A rule of the pack to begin with. */
const startOf = (book: Book): string => book.entries.find((each) => each.chapter === 'indicators')?.rule ?? ''
