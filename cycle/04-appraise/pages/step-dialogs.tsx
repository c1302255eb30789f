import { Radio, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { DecideDialog, type Decided } from '#ui/decide/decide.tsx'
import { Dialog } from '#ui/decide/dialog.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatDate, formatNumber } from '#ui/format.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { addDays, api, call, useArea, useHeld, usePackWords } from '#web/client.ts'
import type { DueStep, Level, Stage } from '../appraise.ts'
import { subjectOf, useDue, type Board, type Card } from './board-data.ts'
import { usePersonOf, usePlaceOf } from './card.tsx'

const decisions = ['approved', 'returned', 'rejected'] as const
type Decision = (typeof decisions)[number]

/** Names for a sentence: the first few, then how many more. */
export function useNames(): (names: readonly string[]) => string {
  const t = useWords()
  return (names) => {
    const first = names.slice(0, 4).join(t('appraise:comma'))
    return names.length > 4 ? t('appraise:review.held_more', { names: first, n: names.length - 4 }) : first
  }
}

/** A dialog on the cases that wait for a step, without those already decided on; says where it does not show all. */
export function OnDue(props: {
  step: DueStep
  title: string
  onClose: () => void
  children: (cards: Card[], only: ReactNode) => ReactNode
}) {
  const t = useWords()
  const { code } = useArea()
  const due = useDue(code, props.step)
  const held = useHeld()
  if (due.data === undefined) {
    return (
      <Dialog onClose={props.onClose} size="lg" title={props.title}>
        <Loaded query={due}>{() => null}</Loaded>
      </Dialog>
    )
  }
  const cards = due.data.items.filter((card) => !held.isDecided(subjectOf(props.step, card)))
  const only =
    due.data.total > due.data.items.length ? (
      <p className="ap-quiet">{t('appraise:only', { n: due.data.items.length, all: due.data.total })}</p>
    ) : null
  return props.children(cards, only)
}

/** One decision on several households, each chosen and each with its own reason; the queue is for one by one. */
export function ReviewDialog(props: { level: Level; onClose: () => void }) {
  const { level, onClose } = props
  const step = `review_${level}` as const
  const t = useWords()
  const label = usePackWords()
  const { locale } = useReader()
  const personOf = usePersonOf()
  const namesOf = useNames()
  const held = useHeld()
  const scope = `appraise.reviews.${level}`
  const { code } = useArea()
  const choice = useDraft(`${scope}.decision`, code, null as Decision | null)
  const decision = choice.value
  const title = t('appraise:review.title')
  const record = async (cards: Card[], decided: Decided[]) => {
    if (decision === null) return
    const keys = decided.map((each) => each.key)
    const rows = decided.map(({ key, reason }) => ({ household_id: key, decision, reason }))
    await held.hold({
      says: t('appraise:review.held_many', {
        decision: label('decision', decision),
        names: namesOf(cards.filter((card) => keys.includes(card.household_id)).map((card) => card.head_name)),
      }),
      subjects: keys.map((household_id) => subjectOf(step, { household_id })),
      builds: [(client) => client.api.appraise.reviews.$post({ json: { level, decisions: rows } })],
      touches: [['appraise'], ['road']],
      drafts: [[`${scope}.decision`, code], ...keys.map((key): [string, string] => [scope, key])],
    })
  }
  return (
    <OnDue step={step} title={title} onClose={onClose}>
      {(cards, only) => (
        <DecideDialog
          onClose={onClose}
          title={title}
          label={t('appraise:choose')}
          people={cards.map(personOf)}
          reason="must"
          reason_label={t('appraise:review.reason')}
          scope={scope}
          ready={decision !== null}
          follows={(n) =>
            decision === null
              ? t('appraise:review.choose_decision')
              : t(`appraise:review.follows_${decision === 'approved' ? `approved_${level}` : decision}`, {
                  n: formatNumber(n, locale, 0),
                })
          }
          confirm={(n) =>
            t('appraise:review.confirm', { decision: decision === null ? '' : label('decision', decision), n })
          }
          onDecide={(decided) => record(cards, decided)}
        >
          {only}
          <Radio.Group
            label={t('appraise:review.decision')}
            value={decision}
            onChange={(value) => choice.set(value as Decision)}
          >
            <div className="ap-row">
              {decisions.map((each) => (
                <Radio key={each} value={each} label={label('decision', each)} />
              ))}
            </div>
          </Radio.Group>
        </DecideDialog>
      )}
    </OnDue>
  )
}

const loadOpenable = (area_code: string) =>
  call(api.api.appraise.openable.$get({ query: { area_code, limit: '2000' } }))

/** Take households that were found poor to the village meeting: each by name. */
export function OpenDialog(props: { onClose: () => void }) {
  const t = useWords()
  const { locale } = useReader()
  const { code } = useArea()
  const placeOf = usePlaceOf()
  const namesOf = useNames()
  const held = useHeld()
  const list = useQuery({ queryKey: ['appraise', 'openable', code], queryFn: () => loadOpenable(code) })
  const title = t('appraise:open.title')
  if (list.data === undefined) {
    return (
      <Dialog onClose={props.onClose} size="lg" title={title}>
        <Loaded query={list}>{() => null}</Loaded>
      </Dialog>
    )
  }
  const items = list.data.items.filter((each) => !held.isDecided(`appraise:open:${each.household_id}`))
  return (
    <DecideDialog
      onClose={props.onClose}
      title={title}
      label={t('appraise:choose')}
      by_place
      people={items.map((each) => ({
        key: each.household_id,
        name: each.head_name,
        place: placeOf(each.area_code),
        href: `/households/${each.household_id}`,
        says: `${t('appraise:card.people', { count: each.household_size })} · ${each.household_id}`,
      }))}
      reason="none"
      scope="appraise.open"
      follows={(n) => t('appraise:open.follows', { n: formatNumber(n, locale, 0) })}
      confirm={(n) => t('appraise:open.confirm', { n })}
      onDecide={(decided) => {
        const household_ids = decided.map((each) => each.key)
        return held.hold({
          says: t('appraise:open.held', {
            names: namesOf(items.filter((each) => household_ids.includes(each.household_id)).map((e) => e.head_name)),
          }),
          subjects: household_ids.map((household_id) => `appraise:open:${household_id}`),
          builds: [(client) => client.api.appraise.open.$post({ json: { area_code: code, household_ids } })],
          touches: [['appraise'], ['road']],
        })
      }}
    />
  )
}

const post_blank = { place: '', posted_on: null as string | null }

/** Put on record that a notice hangs: one in each place below the area shown, or one in the village itself. */
export function PostDialog(props: { stage: Stage & DueStep; board: Board; onClose: () => void }) {
  const { stage, board, onClose } = props
  const t = useWords()
  const { locale } = useReader()
  const { code, found } = useArea()
  const personOf = usePersonOf()
  const namesOf = useNames()
  const held = useHeld()
  const draft = useDraft('appraise.post', `${code} ${stage}`, post_blank)
  const { place } = draft.value
  const posted_on = draft.value.posted_on ?? board.today
  const days = board.rules?.days[stage] ?? 0
  const placeIn = (card: Card) =>
    found?.area.level === 'village'
      ? code
      : (found?.children.find((each) => card.area_code.startsWith(each.area_code))?.area_code ?? code)
  const title = t(`appraise:stage.${stage}`)
  const record = async (cards: Card[], decided: Decided[]) => {
    const keys = new Set(decided.map((each) => each.key))
    const chosen = cards.filter((card) => keys.has(card.household_id))
    const at = place.trim()
    await held.hold({
      says: t('appraise:post.held', { names: namesOf(chosen.map((card) => card.head_name)) }),
      subjects: chosen.map((card) => subjectOf(stage, card)),
      builds: [...Map.groupBy(chosen, placeIn)].map(([area_code, its]) => {
        const household_ids = its.map((card) => card.household_id)
        return (client) =>
          client.api.appraise.notices.$post({ json: { area_code, stage, place: at, posted_on, household_ids } })
      }),
      touches: [['appraise'], ['road']],
      drafts: [['appraise.post', `${code} ${stage}`]],
    })
  }
  return (
    <OnDue step={stage} title={title} onClose={onClose}>
      {(cards, only) => (
        <DecideDialog
          onClose={onClose}
          title={title}
          label={t('appraise:choose')}
          by_place
          people={cards.map(personOf)}
          reason="none"
          scope="appraise.post"
          ready={place.trim() !== '' && posted_on !== ''}
          follows={(n) =>
            t('appraise:post.follows', {
              n: formatNumber(n, locale, 0),
              places: new Set(cards.map(placeIn)).size,
              until: formatDate(addDays(board.today, days), locale),
            })
          }
          confirm={(n) => t('appraise:post.confirm', { n })}
          onDecide={(decided) => record(cards, decided)}
        >
          {only}
          <TextInput
            label={t('appraise:post.place')}
            placeholder={t('appraise:post.place_hint')}
            value={place}
            required
            onChange={(event) => draft.change({ place: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('appraise:post.posted_on')}
            value={posted_on}
            max={board.today}
            required
            onChange={(event) => draft.change({ posted_on: event.currentTarget.value })}
          />
        </DecideDialog>
      )}
    </OnDue>
  )
}
