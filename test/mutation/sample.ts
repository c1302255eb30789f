import { createHash } from 'node:crypto'
import type { Mutant } from './mutants.ts'

type Unnumbered = Omit<Mutant, 'id'>

const keyOf = (seed: number, { path, at, kind, to, shape }: Unnumbered): string =>
  createHash('sha256')
    .update(JSON.stringify([seed, path, at.start, at.end, kind, shape, to]))
    .digest('hex')

/**
 * `size` of these mutants (all of them without a size), each subset as likely as any other; the same seed draws the same of
 * the same text. Numbered from 1 in the order of the files.
 */
export function drawMutants(mutants: readonly Unnumbered[], size: number | undefined, seed: number): Mutant[] {
  const drawn =
    size === undefined || size >= mutants.length
      ? mutants
      : mutants
          .map((mutant) => ({ mutant, key: keyOf(seed, mutant) }))
          .toSorted((a, b) => (a.key < b.key ? -1 : 1))
          .slice(0, size)
          .map(({ mutant }) => mutant)
  return drawn
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.at.start - b.at.start))
    .map((mutant, index) => ({ ...mutant, id: index + 1 }))
}
