import { Button, NumberInput, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { formatNumber, formatShare, NOT_KNOWN } from '#ui/format.ts'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { useReader } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'

type Share = { estimate: number; lower: number; upper: number } | null
type Point = { threshold: number; precision: Share; recall: Share }
type Setting = { accept: number; review: number; second_share: number }

type Typed = string | number | null
const blank = { accept: null as Typed, review: null as Typed, percent: null as Typed, why: '' }

/** New thresholds: dated, with a reason, from the next run on. */
export function SetThresholds(props: { area_code: string; setting: Setting; curve: readonly Point[] }) {
  const { words: t, locale } = useReader()
  const queries = useQueryClient()
  const draft = useDraft('match.thresholds', props.area_code, blank)
  const { why } = draft.value
  const accept = draft.value.accept ?? props.setting.accept
  const review = draft.value.review ?? props.setting.review
  const percent = draft.value.percent ?? Math.round(100 * props.setting.second_share)
  const [failure, setFailure] = useState<unknown>(null)
  const whole = [accept, review, percent].every((value) => typeof value === 'number')
  const crossed = whole && Number(review) > Number(accept)
  // What the pairs decided on say of the threshold typed: the curve's next point from there on.
  const there = typeof accept === 'number' ? props.curve.find((point) => point.threshold >= accept) : undefined
  const share = (of: Share) =>
    of === null
      ? NOT_KNOWN
      : `${formatShare(of.estimate, locale)} (${formatShare(of.lower, locale)}–${formatShare(of.upper, locale)})`
  const send = async () => {
    const json = {
      area_code: props.area_code,
      accept: Number(accept),
      review: Number(review),
      second_share: Number(percent) / 100,
      why,
    }
    try {
      await call(api.api.match.thresholds.$post({ json }))
      draft.clear()
      setFailure(null)
      await queries.invalidateQueries({ queryKey: ['match', 'thresholds'] })
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <Section title={t('match:thresholds.set')}>
      <p className="d-says">{t('match:thresholds.set_text')}</p>
      <div className="m-form">
        <NumberInput
          label={t('match:thresholds.accept')}
          description={t('match:thresholds.accept_text')}
          value={accept}
          onChange={(value) => draft.change({ accept: value })}
          min={-30}
          max={60}
          step={0.5}
        />
        <NumberInput
          label={t('match:thresholds.review')}
          description={t('match:thresholds.review_text')}
          value={review}
          onChange={(value) => draft.change({ review: value })}
          min={-30}
          max={60}
          step={0.5}
          error={crossed ? t('match:thresholds.crossed') : undefined}
        />
        <NumberInput
          label={t('match:thresholds.second')}
          description={t('match:thresholds.second_text')}
          value={percent}
          onChange={(value) => draft.change({ percent: value })}
          min={0}
          max={100}
          suffix=" %"
        />
        <Textarea
          label={t('match:thresholds.why')}
          value={why}
          onChange={(event) => draft.change({ why: event.currentTarget.value })}
        />
      </div>
      {there && (
        <p className="m-how" role="status">
          {t('match:thresholds.would', {
            accept: formatNumber(Number(accept), locale),
            precision: share(there.precision),
            recall: share(there.recall),
          })}
        </p>
      )}
      {failure !== null && <ProblemView error={failure} />}
      <Button color="seal" mt="md" disabled={!whole || crossed || why.trim().length < 5} onClick={() => void send()}>
        {t('match:thresholds.set')}
      </Button>
    </Section>
  )
}
