// Separation of duties between roles: which may never be held by one person.
import type { Role } from './roles.ts'

/**
 * Whoever evaluates, inspects or audits does nothing else, anywhere: not in the next county either, whose officers he
 * meets, and not as the administrator, who hands out the roles of those he would judge.
 */
const alone: readonly Role[] = ['evaluator', 'inspector', 'auditor']

/** The two roles that may not be together, or null. */
export function apartOf(held: readonly string[]): [string, string] | null {
  const kinds = [...new Set(held)]
  const judge = kinds.find((role) => (alone as readonly string[]).includes(role))
  const other = kinds.find((role) => role !== judge)
  return judge !== undefined && other !== undefined ? [judge, other] : null
}
