import { formatDate, formatMoney, formatNumber, formatShare } from './format.ts'
import { useReader } from './words.tsx'

/** Integer minor units as money; a dash when not known. */
export function Money(props: { minor: number | null | undefined; cents?: 'fit' | 'always' | 'never' }) {
  const { locale, currency } = useReader()
  return <span className="d-num">{formatMoney(props.minor, locale, currency, { cents: props.cents })}</span>
}

/** A day (`YYYY-MM-DD`) or an instant, marked up so that machines read it too. */
export function DateText(props: { value: string | null | undefined; style?: 'day' | 'month' | 'time' | 'short' }) {
  const { locale, time_zone } = useReader()
  if (!props.value) return <span>{formatDate(null, locale)}</span>
  return (
    <time className="d-num" dateTime={props.value}>
      {formatDate(props.value, locale, props.style, time_zone)}
    </time>
  )
}

/** A number, or with `share` a percentage of a value between 0 and 1. */
export function Num(props: { value: number | null | undefined; digits?: number; share?: boolean }) {
  const { locale } = useReader()
  const text = props.share
    ? formatShare(props.value, locale, props.digits)
    : formatNumber(props.value, locale, props.digits)
  return <span className="d-num">{text}</span>
}
