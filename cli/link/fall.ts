import type { Explained } from './explain.ts'

export const bits = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)}`

/** The waterfall of one pair as aligned lines on standard output. */
export function printFall(explained: Explained, { leftId, rightId }: { leftId: string; rightId: string }): void {
  const { prior_weight, bars, support, free, match_weight, match_probability, band, doubt } = explained
  const anchors = support?.anchors ?? []
  const ids = (of: 'left_id' | 'right_id') => anchors.map((anchor) => anchor[of]).join(' ')
  const start =
    free === undefined
      ? ['prior', '', bits(prior_weight), bits(prior_weight), '', '']
      : ['left over', `${free} free`, bits(prior_weight), bits(prior_weight), ids('left_id'), ids('right_id')]
  const rows = [
    ['', '', 'bits', 'sum', leftId, rightId],
    start,
    ...bars.map((bar) => [
      bar.comparison,
      bar.level ?? 'missing',
      bits(bar.weight),
      bits(bar.running),
      bar.left.map((value) => value ?? '-').join(' '),
      bar.right.map((value) => value ?? '-').join(' '),
    ]),
  ]
  if (support && free === undefined) {
    const others = support.others === null ? 'alone' : `${support.others} sure`
    rows.push(['household', others, bits(support.weight), bits(support.running), ids('left_id'), ids('right_id')])
  }
  for (const line of aligned(rows)) console.log(line)
  const said = band === undefined ? '' : `: ${band}${doubt ? `, ${doubt}` : ''}`
  console.log(`match weight ${bits(match_weight)} bits, probability ${match_probability.toPrecision(4)}${said}`)
}

/** Columns of equal width; a Chinese character is as wide as two letters. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (text: string) =>
    Array.from(text).reduce((sum, c) => sum + (/[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠]/u.test(c) ? 2 : 1), 0)
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => width(row[i]!))))
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(widths[i]! - width(cell)))
      .join('  ')
      .trimEnd(),
  )
}
