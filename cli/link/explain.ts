import { LinkageError } from '#engines/linkage/errors.ts'
import { waterfall } from '#engines/linkage/explain.ts'
import { readable } from '#engines/linkage/files.ts'
import { sharesOf } from '#engines/linkage/shares.ts'
import { tell } from '../tell.ts'
import { recordOf, withInputs } from './inputs.ts'
import type { InputOptions } from './inputs.ts'

export interface ExplainOptions extends InputOptions {
  leftId: string
  rightId: string
}

/** `doorstep link explain`: the evidence for one pair, in bits that add up from the prior to the match weight. */
export async function explainCommand(options: ExplainOptions): Promise<void> {
  await withInputs(options, async ({ connection, left, right, model }) => {
    const explained = await readable([options.left, options.right].filter(Boolean).join(' or '), async () => {
      const pair = {
        left: await recordOf(connection, left, options.left, options.id, options.leftId),
        right: await recordOf(connection, right ?? left, options.right ?? options.left, options.id, options.rightId),
      }
      if (!right && options.leftId === options.rightId) {
        throw new LinkageError('linkage_no_record', 'Both ids are the same record.', { id: options.leftId })
      }
      const relations = right ? [left, right] : [left]
      return waterfall(pair, model, await sharesOf(connection, relations, model, [pair.left, pair.right]))
    })
    if (options.json) return tell({ left_id: options.leftId, right_id: options.rightId, ...explained }, true)
    const rows = [
      ['', '', 'bits', 'sum', options.leftId, options.rightId],
      ['prior', '', bits(explained.prior_weight), bits(explained.prior_weight), '', ''],
      ...explained.bars.map((bar) => [
        bar.comparison,
        bar.level ?? 'missing',
        bits(bar.weight),
        bits(bar.running),
        bar.left.map((value) => value ?? '-').join(' '),
        bar.right.map((value) => value ?? '-').join(' '),
      ]),
    ]
    for (const line of aligned(rows)) console.log(line)
    const { match_weight, match_probability } = explained
    console.log(`match weight ${bits(match_weight)} bits, probability ${match_probability.toPrecision(4)}`)
  })
}

const bits = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)}`

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
