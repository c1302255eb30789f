import { Button, NumberInput, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'

type Setting = { accept: number; review: number; second_share: number }

/** New thresholds: dated, with a reason, from the next run on. */
export function SetThresholds(props: { area_code: string; setting: Setting }) {
  const t = useWords()
  const queries = useQueryClient()
  const [accept, setAccept] = useState<string | number>(props.setting.accept)
  const [review, setReview] = useState<string | number>(props.setting.review)
  const [percent, setPercent] = useState<string | number>(Math.round(100 * props.setting.second_share))
  const [why, setWhy] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const whole = [accept, review, percent].every((value) => typeof value === 'number')
  const crossed = whole && Number(review) > Number(accept)
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
      setWhy('')
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
          onChange={setAccept}
          min={-30}
          max={60}
          step={0.5}
        />
        <NumberInput
          label={t('match:thresholds.review')}
          description={t('match:thresholds.review_text')}
          value={review}
          onChange={setReview}
          min={-30}
          max={60}
          step={0.5}
          error={crossed ? t('match:thresholds.crossed') : undefined}
        />
        <NumberInput
          label={t('match:thresholds.second')}
          description={t('match:thresholds.second_text')}
          value={percent}
          onChange={setPercent}
          min={0}
          max={100}
          suffix=" %"
        />
        <Textarea
          label={t('match:thresholds.why')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      </div>
      {failure !== null && <ProblemView error={failure} />}
      <Button color="seal" mt="md" disabled={!whole || crossed || why.trim().length < 5} onClick={() => void send()}>
        {t('match:thresholds.set')}
      </Button>
    </Section>
  )
}
