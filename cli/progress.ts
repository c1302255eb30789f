/** Progress of long work on standard error: a line that is rewritten on a terminal, silent under --json or in a pipe. */
export function progressLine(json: boolean) {
  const shown = !json && process.stderr.isTTY === true
  const began = Date.now()
  let width = 0
  return {
    say(message: string, done = 0, total = 0): void {
      if (!shown) return
      const share = total > 0 ? ` ${Math.round((100 * done) / total)} %` : ''
      const left =
        done > 0 && done < total
          ? `, about ${Math.ceil((((Date.now() - began) / done) * (total - done)) / 1000)} s left`
          : ''
      const line = `${message}${share}${left}`
      process.stderr.write(`\r${line.padEnd(width)}`)
      width = line.length
    },
    end(): void {
      if (shown && width > 0) process.stderr.write('\n')
    },
  }
}
