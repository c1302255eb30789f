/** Print a result: one JSON object under --json, else aligned `name  value` lines. */
export function tell(result: unknown, json: boolean | undefined): void {
  if (json) {
    console.log(JSON.stringify(result))
    return
  }
  if (result === null || typeof result !== 'object' || Array.isArray(result)) {
    console.log(result)
    return
  }
  const entries = Object.entries(result)
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  for (const [name, value] of entries) {
    const shown = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
    console.log(`${name.padEnd(width)}  ${shown}`)
  }
}
