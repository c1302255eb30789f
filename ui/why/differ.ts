export type Piece = { text: string; differs: boolean }

/**
 * Splits two texts into pieces that are equal and pieces that differ, by longest common subsequence of characters
 * (code points, so that one Chinese character is one unit). Meant for names, numbers and addresses: the work grows
 * with the product of the lengths, and beyond 400 characters a side the texts are compared as wholes.
 */
export function differ(left: string, right: string): { left: Piece[]; right: Piece[] } {
  const a = [...left]
  const b = [...right]
  if (left === right || a.length > 400 || b.length > 400) {
    const differs = left !== right
    return { left: whole(left, differs), right: whole(right, differs) }
  }
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  const at = (i: number, j: number) => table[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      ;(table[i] as Uint16Array)[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const l: Piece[] = []
  const r: Piece[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(l, a[i++] as string, false)
      add(r, b[j++] as string, false)
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) add(l, a[i++] as string, true)
    else add(r, b[j++] as string, true)
  }
  return { left: l, right: r }
}

function whole(text: string, differs: boolean): Piece[] {
  return text === '' ? [] : [{ text, differs }]
}

function add(pieces: Piece[], text: string, differs: boolean) {
  const last = pieces.at(-1)
  if (last && last.differs === differs) last.text += text
  else pieces.push({ text, differs })
}
