import { childrenOf } from '../tree.ts'
import type { Node } from '../tree.ts'

/**
 * What one rule may cost, whoever wrote it. Macros over written lists are unrolled, so that a rule of 282 characters can
 * stand for more nodes than a machine holds: what is made is counted while it is made. Ordinary rules take 20 to 400
 * steps; the largest of the packs takes 900.
 */
export const LIMITS = {
  /** Tokens of the source. */
  tokens: 5_000,
  /** Parts checked, each copy of an unrolled one again, and nodes put in the place of a bound name. */
  steps: 10_000,
} as const

/** Thrown inside the checker only, past everything that gathers problems; compileRule turns it into data. */
export class Exceeded extends Error {}

export class Budget {
  #left: number = LIMITS.steps
  readonly #sizes = new WeakMap<Node, number>()

  /** Takes steps off; throws Exceeded when none are left. */
  spend(steps = 1): void {
    this.#left -= steps
    if (this.#left < 0) throw new Exceeded()
  }

  /** Nodes of a tree as every walk over it meets them, parts that stand in it twice counted twice. */
  sizeOf(node: Node): number {
    let size = this.#sizes.get(node)
    if (size === undefined) {
      size = childrenOf(node).reduce((sum, child) => sum + this.sizeOf(child), 1)
      this.#sizes.set(node, size)
    }
    return size
  }
}
