import { formatNumber } from '#ui/format.ts'
import { useReader, useWords } from '#ui/words.tsx'
import type { Step } from './people.ts'

/** A step in words: "Name: one character differs". */
export function stepText(t: (key: string) => string, step: Step): string {
  const what = t(`match:step.${step.comparison}`)
  if (step.level === null) return what
  return `${what}${t('match:weighing.is')}${step.comparison === 'support' ? step.level : t(`match:level.${step.level}`)}`
}

/** Steps smaller than this are told together: they decide nothing. */
const SMALL = 0.5

/**
 * Where a pair's weight comes from: each comparison carries the total on from where the one before left it, to the right
 * where it speaks for one person, to the left where it speaks against. One bit doubles the odds.
 */
export function Waterfall(props: { steps: readonly Step[]; total: number; bands: { accept: number; review: number } }) {
  const t = useWords()
  const { locale } = useReader()
  const large = props.steps.filter((step) => Math.abs(step.weight) >= SMALL)
  const rest = props.steps.reduce((sum, step) => sum + (Math.abs(step.weight) < SMALL ? step.weight : 0), 0)
  const told = [...large, ...(Math.abs(rest) >= 0.05 ? [{ comparison: 'rest', level: null, weight: rest }] : [])]
  let sum = 0
  const bars = told.map((step) => {
    const from = sum
    sum += step.weight
    return { ...step, from, to: sum }
  })
  const ends = [0, props.bands.review, props.bands.accept, props.total, ...bars.flatMap((bar) => [bar.from, bar.to])]
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  const at = (bits: number) => (100 * (bits - least)) / Math.max(1, most - least)
  const bits = (value: number) => `${value > 0 ? '+' : ''}${formatNumber(value, locale, 1)}`
  return (
    <ol className="m-fall" aria-label={t('match:weighing.title')}>
      {bars.map((bar) => (
        <li key={bar.comparison}>
          <span>{stepText(t, bar)}</span>
          <span className="m-track" aria-hidden="true">
            <i className="m-mark" style={{ insetInlineStart: `${at(props.bands.accept)}%` }} />
            <i
              className={bar.weight > 0 ? 'm-bar m-for' : 'm-bar m-against'}
              style={{
                insetInlineStart: `${at(Math.min(bar.from, bar.to))}%`,
                inlineSize: `${Math.max(1, at(Math.max(bar.from, bar.to)) - at(Math.min(bar.from, bar.to)))}%`,
              }}
            />
          </span>
          <span className="d-num m-bits">{bits(bar.weight)}</span>
        </li>
      ))}
      <li className="m-total">
        <span>{t('match:weighing.total', { accept: formatNumber(props.bands.accept, locale) })}</span>
        <span className="m-track" aria-hidden="true">
          <i className="m-mark" style={{ insetInlineStart: `${at(props.bands.accept)}%` }} />
          <i className="m-point" style={{ insetInlineStart: `${at(props.total)}%` }} />
        </span>
        <span className="d-num m-bits">{bits(props.total)}</span>
      </li>
    </ol>
  )
}
