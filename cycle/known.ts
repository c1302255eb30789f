// Entries that are superseded and never changed, shown as they were known at an instant. Read alike by the rooms.

/**
 * The rows that were known at `known_on` (ISO 8601), in the order given; what was superseded only later is told as
 * still in force. All of them, as they are, where no instant is asked for.
 */
export function asKnownOn<Row extends { superseded_at: string | null }>(
  rows: readonly Row[],
  made: (row: Row) => string,
  known_on: string | undefined,
): Row[] {
  if (known_on === undefined) return [...rows]
  // Compared as times: '...00Z' and '...00.000Z' are one instant and two texts.
  const instant = Date.parse(known_on)
  return rows
    .filter((row) => Date.parse(made(row)) <= instant)
    .map((row) =>
      row.superseded_at !== null && Date.parse(row.superseded_at) > instant ? { ...row, superseded_at: null } : row,
    )
}
