export type Currency = { code: string; minor_units: number; symbol?: string }

export type MoneyOptions = {
  /** `fit` drops the cents when there are none (the default), `always` and `never` do as they say. */
  cents?: 'fit' | 'always' | 'never'
}

/** What stands where a value is not known. A dash, because an empty cell reads as a fault of the screen. */
export const NOT_KNOWN = '—'

/** Whole or fractional number in the reader's convention; null, undefined and NaN give a dash. */
export function formatNumber(value: number | null | undefined, locale: string, digits?: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_KNOWN
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits ?? 0,
    maximumFractionDigits: digits ?? 2,
  }).format(value)
}

/** Share between 0 and 1 as a percentage with one decimal unless told otherwise. */
export function formatShare(value: number | null | undefined, locale: string, digits = 1): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_KNOWN
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

/** Integer minor units (fen) as money. Narrow symbol, so that English reads ¥2,800 and not CN¥2,800. */
export function formatMoney(
  minor: number | null | undefined,
  locale: string,
  currency: Currency,
  options: MoneyOptions = {},
): string {
  if (minor === null || minor === undefined || Number.isNaN(minor)) return NOT_KNOWN
  const value = minor / currency.minor_units
  const cents = options.cents ?? 'fit'
  const places = Math.round(Math.log10(currency.minor_units))
  const digits = cents === 'never' || (cents === 'fit' && minor % currency.minor_units === 0) ? 0 : places
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.code,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/**
 * A `YYYY-MM-DD` day or an ISO instant in the reader's convention, the instant in the time zone given. A day has no time
 * zone, so it is read as UTC and printed as UTC: otherwise it moves back by one west of Greenwich. What is no date is
 * given back as it came.
 */
export function formatDate(
  value: string | null | undefined,
  locale: string,
  style: 'day' | 'month' | 'time' | 'short' = 'day',
  time_zone = 'UTC',
): string {
  if (!value) return NOT_KNOWN
  const day = DAY.test(value)
  const at = new Date(day ? `${value}T00:00:00Z` : value)
  if (Number.isNaN(at.getTime())) return value
  const options: Intl.DateTimeFormatOptions =
    style === 'month'
      ? { year: 'numeric', month: 'long' }
      : {
          // Under a heading that names the year.
          ...(style === 'short' ? {} : { year: 'numeric' }),
          month: 'short',
          day: 'numeric',
          ...(style === 'time' && !day ? { hour: '2-digit', minute: '2-digit' } : {}),
        }
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: day ? 'UTC' : time_zone }).format(at)
}

/** Length of time in words, from its two largest units: 5400 gives "1 hr, 30 min". Negative counts as nothing. */
export function formatSeconds(seconds: number | null | undefined, locale: string): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOT_KNOWN
  const whole = Math.max(0, Math.round(seconds))
  const parts: Array<[number, string]> = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor((whole % 86_400) / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return unit(0, 'second', locale)
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0)
  return new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(
    shown.map(([n, name]) => unit(n, name, locale)),
  )
}

function unit(value: number, name: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
}
