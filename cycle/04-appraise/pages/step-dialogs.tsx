import { Button, Radio, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '#ui/dialog.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { addDays, api, call, useArea, usePackWords } from '#web/client.ts'
import type { Level, Stage } from '../appraise.ts'
import type { Board, Card } from './board-data.ts'

const decisions = ['approved', 'returned', 'rejected'] as const
type Decision = (typeof decisions)[number]

/** One decision with one reason on all cards chosen; the queue is for deciding one by one. */
export function ReviewDialog(props: { level: Level; cards: Card[]; onClose: () => void }) {
  const { level, cards, onClose } = props
  const t = useWords()
  const label = usePackWords()
  const queries = useQueryClient()
  const [decision, setDecision] = useState<Decision>('approved')
  const [reason, setReason] = useState(t(`appraise:reason.${level}`))
  const save = useMutation({
    mutationFn: () =>
      call(
        api.api.appraise.reviews.$post({
          json: {
            level,
            decisions: cards.map(({ household_id }) => ({ household_id, decision, reason: reason.trim() })),
          },
        }),
      ),
    onSuccess: async (answer) => {
      notifications.show({ message: t('appraise:done.review', answer) })
      await queries.invalidateQueries({ queryKey: ['appraise'] })
      onClose()
    },
  })
  return (
    <Dialog onClose={onClose} size="lg" title={t(`appraise:due.review_${level}_button`, { count: cards.length })}>
      <form
        className="ap-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Radio.Group
          label={t('appraise:review.decision')}
          value={decision}
          onChange={(value) => setDecision(value as Decision)}
        >
          <div className="ap-row">
            {decisions.map((each) => (
              <Radio key={each} value={each} label={label('decision', each)} />
            ))}
          </div>
        </Radio.Group>
        <Textarea
          label={t('appraise:review.reason')}
          value={reason}
          required
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <p className="ap-quiet">{cards.map((card) => card.head_name).join(t('appraise:comma'))}</p>
        {save.error && <ProblemView error={save.error} />}
        <div className="ap-row">
          <Button type="submit" color="seal" disabled={reason.trim() === ''} loading={save.isPending}>
            {label('decision', decision)} ({cards.length})
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('appraise:cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Hang a notice: one in each place below the area shown, or one in the village itself. */
export function PostDialog(props: { stage: Stage; board: Board; cards: Card[]; onClose: () => void }) {
  const { stage, board, cards, onClose } = props
  const t = useWords()
  const { code, found } = useArea()
  const queries = useQueryClient()
  const [place, setPlace] = useState(t('appraise:post.place_default'))
  const [posted_on, setPostedOn] = useState(board.today)
  const days = board.rules?.days[stage] ?? 0
  const village = found?.area.level === 'village'
  const byPlace = Map.groupBy(cards, (card) =>
    village ? code : (found?.children.find((each) => card.area_code.startsWith(each.area_code))?.area_code ?? code),
  )
  const save = useMutation({
    mutationFn: async () => {
      for (const [area_code, its] of byPlace) {
        const household_ids = its.map((card) => card.household_id)
        await call(api.api.appraise.notices.$post({ json: { area_code, stage, place, posted_on, household_ids } }))
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['appraise'] }),
    onSuccess: () => {
      notifications.show({ message: t('appraise:done.post', { n: byPlace.size, households: cards.length }) })
      onClose()
    },
  })
  return (
    <Dialog onClose={onClose} size="md" title={t(`appraise:due.${stage}_button`, { count: cards.length })}>
      <form
        className="ap-form"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextInput
          label={t('appraise:post.place')}
          value={place}
          required
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('appraise:post.posted_on')}
          value={posted_on}
          max={board.today}
          required
          onChange={(event) => setPostedOn(event.currentTarget.value)}
        />
        <p>
          {t('appraise:post.until', { count: days })} <DateText value={addDays(board.today, days)} />
        </p>
        {byPlace.size > 1 && <p className="ap-quiet">{t('appraise:post.places', { count: byPlace.size })}</p>}
        {save.error && <ProblemView error={save.error} />}
        <div className="ap-row">
          <Button
            type="submit"
            color="seal"
            disabled={place.trim() === '' || posted_on === ''}
            loading={save.isPending}
          >
            {t('appraise:post.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('appraise:cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
