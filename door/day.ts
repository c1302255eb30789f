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
