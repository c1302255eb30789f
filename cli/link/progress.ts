import type { Step } from '#engines/linkage/session/session.ts'
import { inWords, pacer } from './pace.ts'
import type { RunShape, Standing } from './pace.ts'

const REDRAWN_MS = 500

/**
 * Progress of a run on standard error: on a terminal one line redrawn in place; with `json` one object a table; in a pipe
 * nothing unless `asked`, then a line a table.
 */
export function runProgress(shape: RunShape, { json, asked }: { json: boolean; asked: boolean }) {
  const terminal = process.stderr.isTTY === true
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const pace = pacer(shape)
  const told = ({ words, done, seconds_left }: Standing) =>
    `${Math.floor(100 * done)} %  ${words}${seconds_left === null ? '' : `, about ${inWords(seconds_left)} left`}`
  let width = 0
  const draw = () => {
    const line = told(pace.standing(seconds())).slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))
    process.stderr.write(`\r${line.padEnd(width)}`)
    width = line.length
  }
  const drawn = terminal && !json && !asked
  const timer = drawn ? setInterval(draw, REDRAWN_MS).unref() : null
  return {
    finished({ table, rows, milliseconds, resumed = false }: Step): void {
      pace.finished(table, rows, seconds(), resumed)
      const standing = pace.standing(seconds())
      if (drawn) draw()
      else if (json && (terminal || asked)) {
        const { words, done, seconds_left } = standing
        const line = { step: words, done: Number(done.toFixed(3)), seconds_left, table, rows }
        console.error(JSON.stringify({ ...line, milliseconds: Math.round(milliseconds), resumed }))
      } else if (asked) {
        const took = resumed ? 'from an earlier run' : `${Math.round(milliseconds)} ms`
        console.error(`${told(standing)}; ${table}: ${rows.toLocaleString('en')} rows, ${took}`)
      }
    },
    /** The line is taken away: what is told next stands alone. */
    end(): void {
      if (timer) clearInterval(timer)
      if (width > 0) process.stderr.write(`\r${' '.repeat(width)}\r`)
    },
  }
}
