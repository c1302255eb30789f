// The one place where a calendar day is made, counted on or compared (cycle/house.test.ts forbids others). Screens read
// it too, so it imports nothing.
const formatters = new Map<string, Intl.DateTimeFormat>()

/**
 * The calendar day (YYYY-MM-DD) of a moment (ISO) where the campaign is: `dayIn(c.var.pack.time_zone, c.var.now)`. At
 * seven in the morning in Shanghai it is still yesterday in Greenwich, and a notice posted then is posted today.
 */
export function dayIn(time_zone: string, iso: string): string {
  let formatter = formatters.get(time_zone)
  if (!formatter) {
    // Swedish writes dates as ISO 8601 does.
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short' })
    formatters.set(time_zone, formatter)
  }
  return formatter.format(new Date(iso))
}

/** Today where the campaign is, of a request's context. */
export function today(c: { var: { pack: { time_zone: string }; now: string } }): string {
  return dayIn(c.var.pack.time_zone, c.var.now)
}

const DAY_MS = 86_400_000
const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`)

/** A date some days later: calendar days, the day of posting not counted. */
export function addDays(day: string, days: number): string {
  return new Date(midnight(day) + days * DAY_MS).toISOString().slice(0, 10)
}

/** A date some months later; a day that the month has not (31 + one month) runs over into the next, as on a calendar. */
export function addMonths(day: string, months: number): string {
  const at = new Date(midnight(day))
  at.setUTCMonth(at.getUTCMonth() + months)
  return at.toISOString().slice(0, 10)
}

/** Whole days from one calendar day to another; negative where it lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((midnight(to) - midnight(from)) / DAY_MS)
}

/** Whether a text is a day of the calendar, YYYY-MM-DD: the thirty-first of April is none. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(midnight(text)) && addDays(text, 0) === text

/** The first moment of a day, as a clock there shows it, without a zone. */
export const startOfDay = (day: string): string => `${day}T00:00:00`

/** The year of a day. */
export const yearOf = (day: string): number => Number(day.slice(0, 4))

/** The later of two days; a day that is not known (null) counts for nothing. */
export const laterOf = (one: string, other: string | null): string => (other !== null && other > one ? other : one)

/** The last moment (ISO) of a day where the campaign is: what was known on that day was known by then. */
export function endOfDay(time_zone: string, day: string): string {
  const next = addDays(day, 1)
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short', timeStyle: 'medium' })
  // What the clocks there show, read as if it were Greenwich's, less the moment itself: their distance from Greenwich.
  const ahead = (at: number) => Date.parse(`${clock.format(at).replace(' ', 'T')}Z`) - at
  const guess = midnight(next) - ahead(midnight(next))
  return new Date(midnight(next) - ahead(guess) - 1).toISOString()
}
