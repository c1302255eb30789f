import { Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useDrafts } from '#ui/decide/draft.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead } from '#ui/page.tsx'
import { Queue } from '#ui/decide/queue.tsx'
import { Money } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea } from '#web/client.ts'
import { HouseholdEvidence } from './evidence.tsx'
import './assess.css'

const load = (area_code: string) => call(api.api.assess.verifications.$get({ query: { area_code, limit: '200' } }))
export type Verification = Awaited<ReturnType<typeof load>>['items'][number]

/** Households the rules could not decide, or that a sign speaks against: one at a time, with a note. */
export default function VerifyPage() {
  const t = useWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const notes = useDrafts('assess.verify', '')
  const key = ['assess', 'verifications', code]
  const list = useQuery({ queryKey: key, queryFn: () => load(code), enabled: code !== '', staleTime: 60_000 })
  const send = (item: Verification, decision: 'confirmed_poor' | 'confirmed_not_poor' | 'undo', note: string) =>
    call(
      api.api.assess.verifications.$post({
        json: { decisions: [{ verification_id: item.verification_id, decision, note }] },
      }),
    )
  const decide = async (item: Verification, poor: boolean) => {
    const note = notes.of(item.verification_id).trim()
    if (note === '') {
      document.getElementById('verify-note')?.focus()
      throw { title: t('assess:verify.note_missing'), action: t('assess:verify.note_missing_action') }
    }
    await send(item, poor ? 'confirmed_poor' : 'confirmed_not_poor', note)
    notes.settle(item.verification_id)
    void queries.invalidateQueries({ queryKey: ['road'] })
  }
  return (
    <>
      <PageHead title={t('assess:verify.title')} lead={t('assess:verify.lead')} />
      <Loaded query={list}>
        {(page) => (
          <Queue
            key={code}
            label={t('assess:verify.title')}
            items={page.items}
            paged={{ left: page.total, more: () => list.refetch({ throwOnError: true }) }}
            itemKey={(item) => item.verification_id}
            row={(item) => (
              <>
                <span>{item.head_name}</span>
                <span className="d-says">
                  {' '}
                  <Money minor={item.net_income_per_capita} cents="never" />
                </span>
              </>
            )}
            decisions={{ accept: t('assess:verify.poor'), reject: t('assess:verify.not_poor') }}
            onDecide={(item, decision) => decide(item, decision === 'accept')}
            onUndo={(item) =>
              send(item, 'undo', t('assess:verify.undone')).then(() => queries.invalidateQueries({ queryKey: key }))
            }
            empty={{ title: t('assess:verify.none'), text: t('assess:verify.none_text') }}
          >
            {(item) => (
              <>
                <HouseholdEvidence item={item} />
                <Textarea
                  id="verify-note"
                  label={t('assess:verify.note')}
                  description={t('assess:verify.note_help')}
                  autosize
                  minRows={2}
                  maxRows={8}
                  value={notes.of(item.verification_id)}
                  onChange={(event) => notes.set(item.verification_id, event.currentTarget.value)}
                  onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
                />
              </>
            )}
          </Queue>
        )}
      </Loaded>
    </>
  )
}
