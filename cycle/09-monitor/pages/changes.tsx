import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDrafts } from '#ui/decide/draft.ts'
import { Facts } from '#ui/facts.tsx'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead } from '#ui/page.tsx'
import { Queue, type Decision } from '#ui/decide/queue.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useArea, useHeld, useLanguage, useMay, usePackWords } from '#web/client.ts'
import { blank, confirmation, ConfirmForm, loadChanges, type Waiting } from './confirm-form.tsx'

/** The form of a change to confirm, for its drafts. */
const SCOPE = 'monitor.confirm'
const subjectOf = (change: Waiting) => `change:${change.change_id}`

/** Deaths, births and moves that were told, one after another: somebody else sees the proof, and confirms or refuses. */
export default function ChangesPage() {
  const t = useWords()
  const { code } = useArea()
  const label = usePackWords()
  const drafts = useDrafts(SCOPE, blank)
  // A number is kept for as long as the page is open: devices are shared.
  const [numbers, setNumbers] = useState<Record<string, string>>({})
  const held = useHeld()
  const may = useMay('monitor.confirm')
  const waiting = useQuery({
    queryKey: ['monitor', 'changes', code],
    queryFn: () => loadChanges(code),
    enabled: code !== '',
  })
  const decide = (change: Waiting, decision: Decision) => {
    const given = drafts.of(change.change_id)
    const proof = given.proof.trim()
    if (proof.length < 3) {
      document.getElementById('change-proof')?.focus()
      throw { title: t('monitor:proof_missing'), action: t('monitor:proof_missing_action') }
    }
    const who = decision === 'accept' ? confirmation(change, given, numbers[change.change_id] ?? '') : null
    if (decision === 'accept' && who === null)
      throw { title: t('monitor:who_missing'), action: t('monitor:who_missing_action') }
    const param = { change_id: change.change_id }
    return held.hold({
      says: t('monitor:held', { name: change.head_name, decision: t(`monitor:change_${decision}`) }),
      subjects: [subjectOf(change)],
      builds: [
        (client) =>
          who === null
            ? client.api.monitor.changes[':change_id'].refuse.$post({ param, json: { proof } })
            : client.api.monitor.changes[':change_id'].confirm.$post({ param, json: { ...who, proof } }),
      ],
      touches: [['monitor'], ['road'], ['see'], ['register'], ['assess']],
      drafts: [[SCOPE, change.change_id]],
    })
  }
  return (
    <>
      <PageHead title={t('monitor:changes.title')} lead={t('monitor:changes.lead')} />
      <Loaded query={waiting}>
        {(page) => (
          <Queue
            key={code}
            label={t('monitor:changes.title')}
            items={page.items}
            paged={{
              left: page.total,
              more: () => held.sendAll().then(() => waiting.refetch({ throwOnError: true })),
            }}
            gone={(change) => held.isDecided(subjectOf(change))}
            itemKey={(change) => change.change_id}
            row={(change) => (
              <>
                {change.head_name} · {label('change_kind', change.kind)} · <DateText value={change.happened_on} />
              </>
            )}
            decisions={(change) =>
              may && change.mine ? { accept: t('monitor:change_accept'), reject: t('monitor:change_reject') } : {}
            }
            onDecide={async (change, decision) => decide(change, decision)}
            onUndo={(change) => held.takeBack(subjectOf(change))}
            empty={{ title: t('monitor:changes.none'), text: t('monitor:changes.none_text') }}
          >
            {(change) => (
              <>
                <ChangeView change={change} />
                {may && change.mine ? (
                  <ConfirmForm
                    key={change.change_id}
                    change={change}
                    relations={page.relations}
                    sexes={page.sexes}
                    value={drafts.of(change.change_id)}
                    onChange={(value) => drafts.set(change.change_id, value)}
                    national_id={numbers[change.change_id] ?? ''}
                    onNumber={(number) => setNumbers({ ...numbers, [change.change_id]: number })}
                  />
                ) : (
                  <p className="d-says">{t('monitor:not_yours')}</p>
                )}
              </>
            )}
          </Queue>
        )}
      </Loaded>
    </>
  )
}

/** What was told, by whom, and what must be seen before it is so. */
function ChangeView({ change }: { change: Waiting }) {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const note = change.detail['note']
  return (
    <>
      <h2>{label('change_kind', change.kind)}</h2>
      <p>
        <TextLink href={`/households/${change.household_id}`}>{change.head_name}</TextLink>{' '}
        <span className="d-says d-num">{change.household_id}</span>
      </p>
      <Facts
        items={[
          { label: t('monitor:happened_on'), value: <DateText value={change.happened_on} /> },
          { label: t('monitor:told_by'), value: change.source },
          ...(typeof note === 'string' && note !== '' ? [{ label: t('monitor:detail'), value: note }] : []),
          { label: t('monitor:recorded_by'), value: change.told_by?.[language], date: change.recorded_at },
          { label: t('monitor:to_see'), value: change.plain[language] ?? '' },
          { label: t('monitor:follows'), value: t(`monitor:follows_${change.effect}`) },
        ]}
      />
    </>
  )
}
