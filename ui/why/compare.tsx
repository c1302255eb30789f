import { differ } from './differ.ts'
import type { Piece } from './differ.ts'
import { NOT_KNOWN } from '../format.ts'
import { useWords } from '../words.tsx'
import '../charts/figures.css'

export type Pair = {
  key: string
  label: string
  left: string | null | undefined
  right: string | null | undefined
  /** How much this field speaks for or against being the same, if the room knows. */
  weight?: string
}

/** Two records side by side; the characters that differ are marked by weight, ground and underline, not by colour alone. */
export function Compare(props: { label: string; left: string; right: string; pairs: Pair[] }) {
  const t = useWords()
  const weighted = props.pairs.some((pair) => pair.weight !== undefined)
  return (
    <div className="d-compare-box" tabIndex={0} role="region" aria-label={props.label}>
      <table className="d-compare">
        <thead>
          <tr>
            <td />
            <th scope="col">{props.left}</th>
            <th scope="col">{props.right}</th>
            {weighted && (
              <th scope="col" className="d-end">
                {t('ui.compare.weight')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {props.pairs.map((pair) => {
            // What is missing on one side is not known, which is another thing than different.
            const both = Boolean(pair.left && pair.right)
            const { left, right } = both ? differ(pair.left ?? '', pair.right ?? '') : plain(pair)
            const same = pair.left && pair.left === pair.right
            return (
              <tr key={pair.key} className={same ? 'd-same' : undefined}>
                <th scope="row">{pair.label}</th>
                <td>
                  <Marked pieces={left} />
                </td>
                <td>
                  <Marked pieces={right} />
                </td>
                {weighted && <td className="d-end d-num">{pair.weight}</td>}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function plain(pair: Pair): { left: Piece[]; right: Piece[] } {
  const piece = (text: string | null | undefined) => (text ? [{ text, differs: false }] : [])
  return { left: piece(pair.left), right: piece(pair.right) }
}

function Marked(props: { pieces: Piece[] }) {
  if (props.pieces.length === 0) return <span className="d-absent">{NOT_KNOWN}</span>
  return (
    <span className="d-num">
      {props.pieces.map((piece, i) =>
        piece.differs ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>,
      )}
    </span>
  )
}
