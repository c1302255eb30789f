import type { ReactNode } from 'react'

export interface Place {
  start: number
  end: number
}

// Strings, numbers, names (with what follows a dot), the rest sign by sign.
const TOKEN = /('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|(params\.\w+)|([A-Za-z_]\w*)(\s*\()?|\s+|./gsu
const WORDS = new Set(['true', 'false', 'in'])

function kindOf([, text, number, parameter, name, call]: RegExpMatchArray): string | null {
  if (text) return 'text'
  if (number) return 'number'
  if (parameter) return 'parameter'
  if (!name) return null
  if (WORDS.has(name)) return 'word'
  return call ? 'call' : 'name'
}

/** Pieces of a rule: what kind each is, and whether it lies in a place marked as wrong. */
function piecesOf(rule: string, marks: readonly Place[]) {
  const edges = marks.flatMap((mark) => [mark.start, mark.end])
  return [...rule.matchAll(TOKEN)].flatMap((match) => {
    const kind = kindOf(match)
    const from = match.index
    // The bracket after a function's name belongs to the next piece.
    const to = from + match[0].length - (match[5]?.length ?? 0)
    const cuts = [...new Set([from, ...edges.filter((edge) => edge > from && edge < to), to])].sort((a, b) => a - b)
    const own = cuts.slice(1).map((end, index) => ({ start: cuts[index] ?? from, end, kind }))
    return match[5] ? [...own, { start: to, end: to + match[5].length, kind: null }] : own
  })
}

/** A rule in CEL with its parts told apart by colour and weight; `marks` are underlined. */
export function Cel(props: { rule: string; marks?: readonly Place[] }): ReactNode {
  const marks = props.marks ?? []
  return (
    <code className="a-cel">
      {piecesOf(props.rule, marks).map(({ start, end, kind }) => {
        const wrong = marks.some((mark) => start >= mark.start && end <= mark.end)
        const name = [kind && `a-cel-${kind}`, wrong && 'a-cel-wrong'].filter(Boolean).join(' ')
        const text = props.rule.slice(start, end)
        return name ? (
          <span key={start} className={name}>
            {text}
          </span>
        ) : (
          text
        )
      })}
    </code>
  )
}
