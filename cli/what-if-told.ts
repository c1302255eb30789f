import type { WhatIfResult } from '#cycle/03-assess/what-if/run.ts'

interface Currency {
  minor_units: number
  symbol: string
}

/** A what-if as a person reads it on a terminal: the headline, then the table by area, people and causes. */
export function tellWhatIf(result: WhatIfResult, currency: Currency): string {
  const { entering, leaving, before, after } = result
  const n = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 0 })
  const money = (minor: number) => `${currency.symbol}${n(minor / currency.minor_units)}`
  const changed = result.changed.map(({ kind, code, before: was, after: is, unit }) => {
    const name = kind === 'parameter' ? code : `${kind}:${code}`
    return `  ${name}: ${was ?? 'none'} -> ${is ?? 'none'}${unit ? ` ${unit}` : ''}`
  })
  const lines = [
    `What if, in ${result.area_code} (${n(result.households)} households, ${n(result.people)} people), on ${result.reference_date}:`,
    ...(changed.length > 0 ? changed : ['  nothing changed']),
    '',
    `${n(entering.people)} more people in ${n(entering.households)} households would be found poor; ${n(leaving.people)} people in ${n(leaving.households)} households no longer.`,
    '',
    ...table(
      ['', 'now', 'changed'],
      [
        ['households found poor', n(before.eligible), n(after.eligible)],
        ['people in them', n(before.people), n(after.people)],
        ['to be verified by a person', n(before.needs_verification), n(after.needs_verification)],
        ['income they lack to the line a year', money(before.gap), money(after.gap)],
      ],
    ),
    '',
    ...table(
      [result.areas[0]?.level ?? 'area', 'households', 'entering', 'leaving', 'poor now', 'poor changed'],
      result.areas.map((area) => [
        `${area.area_code} ${area.name?.['en'] ?? ''}`.trim(),
        n(area.households),
        n(area.entering.households),
        n(area.leaving.households),
        n(area.before.eligible),
        n(area.after.eligible),
      ]),
    ),
  ]
  for (const by of ['sex', 'age'] as const) {
    const rows = result.groups.filter((each) => each.by === by)
    if (rows.length === 0) continue
    const cells = rows.map((row) => [row.code ?? 'not known', n(row.entering), n(row.leaving)])
    lines.push('', ...table([`people by ${by}`, 'entering', 'leaving'], cells))
  }
  if (result.causes.length > 0) {
    const cells = result.causes.map((row) => [
      row.cause === null ? 'none told' : `${row.cause} ${row.label['en'] ?? ''}`.trim(),
      row.change,
      n(row.households),
      n(row.people),
    ])
    lines.push('', ...table(['main cause', '', 'households', 'people'], cells))
  }
  lines.push('', 'Found poor by the rules, before any village meeting. Nothing was written.')
  return lines.join('\n')
}

/** Columns as wide as their widest cell; numbers, all but the first column, to the right. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => (row[index] ?? '').length)))
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return [line(head), ...rows.map(line)]
}
