import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useMay, useNamed, useView } from '#web/client.ts'
import { keys, loadDiff, loadVersions } from './data.ts'
import { Changes } from './diff.tsx'
import '../assess.css'
import '../rulebook/rules.css'
import './workbench.css'

const view = z.object({ from: z.coerce.string().max(60).optional(), to: z.coerce.string().max(60).optional() })

/** Who put which rules in force, when and why; any two compared; each to be taken away as files. */
export default function HistoryPage() {
  const t = useWords()
  const named = useNamed()
  const may_draft = useMay('rules.draft')
  const [chosen, setView] = useView(view)
  const versions = useQuery({ queryKey: keys.versions, queryFn: loadVersions })
  if (versions.error) return <ProblemView error={versions.error} onRetry={() => void versions.refetch()} />
  const { data } = versions
  if (!data) {
    return (
      <>
        <PageHead title={t('assess:bench.history')} lead={t('assess:bench.history_lead')} />
        <Waiting />
      </>
    )
  }
  const newest = data.in_force.number
  const to = chosen.to ?? String(newest)
  const from = chosen.from ?? String(Math.max(0, Number(to) - 1))
  const numbers = data.items.map((each) => ({
    value: String(each.number),
    label: each.number === 0 ? t('assess:bench.installed') : `${each.number} · ${each.title}`,
  }))
  return (
    <>
      <PageHead
        title={t('assess:bench.history')}
        lead={t('assess:bench.history_lead')}
        meta={
          <>
            <TextLink href="/rules">{t('assess:rules.title')}</TextLink>
            {may_draft && <TextLink href="/rules/drafts">{t('assess:bench.title')}</TextLink>}
            <span>
              {t('assess:rules.hash')} <code>{data.in_force.rules_hash.slice(0, 12)}</code>
            </span>
          </>
        }
      />
      <Section title={t('assess:bench.versions')}>
        {data.items.length === 0 && (
          <Empty
            title={t('assess:bench.never')}
            text={t('assess:bench.never_text')}
            action={
              <a className="d-link" href="/api/rules/files.zip?of=force" download>
                {t('assess:bench.download')}
              </a>
            }
          />
        )}
        <ol className="w-list">
          {data.items.map((each) => (
            <li key={each.number}>
              <p className="w-list-name">
                <b className="d-num">{each.number}</b> {each.title || t('assess:bench.installed')}{' '}
                {each.number === newest && <Tag tone="met">{t('assess:bench.in_force')}</Tag>}
              </p>
              {each.why && <p>{each.why}</p>}
              <p className="d-says">
                {each.published_by && (
                  <>
                    {t('assess:bench.written_by')}{' '}
                    {each.drafted_by.map((one) => (one ? named(one) : '?')).join(t('assess:rules.comma'))} ·{' '}
                    {t('assess:bench.published_by')} {named(each.published_by)} ·{' '}
                  </>
                )}
                <DateText value={each.published_at} /> · <code>{each.rules_hash.slice(0, 12)}</code> ·{' '}
                <a className="d-link" href={`/api/rules/files.zip?of=${each.number}`} download>
                  {t('assess:bench.download')}
                </a>
              </p>
            </li>
          ))}
        </ol>
      </Section>
      {data.items.length > 1 && (
        <Section title={t('assess:bench.compare')}>
          <div className="w-texts w-compare">
            <NativeSelect
              label={t('assess:bench.before')}
              data={numbers}
              value={from}
              onChange={(event) => setView({ from: event.currentTarget.value })}
            />
            <NativeSelect
              label={t('assess:bench.after')}
              data={numbers}
              value={to}
              onChange={(event) => setView({ to: event.currentTarget.value })}
            />
          </div>
          <Compared from={from} to={to} />
        </Section>
      )}
    </>
  )
}

function Compared({ from, to }: { from: string; to: string }) {
  const t = useWords()
  const diff = useQuery({ queryKey: ['rules', 'diff', from, to], queryFn: () => loadDiff(from, to) })
  if (diff.error) return <ProblemView error={diff.error} onRetry={() => void diff.refetch()} />
  if (!diff.data) return <Waiting lines={4} />
  if (diff.data.entries.length === 0) return <Empty title={t('assess:bench.same')} />
  return <Changes changes={diff.data.entries} />
}
