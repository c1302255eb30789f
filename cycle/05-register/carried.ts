// Answers of the card that stand on the register's line too (columns of `register_household`, each under its field's
// name), so that a list of the register need not open anybody's answers. docs/recipes.md says how one is added.
import { z } from 'zod'
import type { EntryData } from './fold.ts'

export const carriedSchema = z.object({
  household_attribute: z.string().nullable(),
})
export type Carried = z.infer<typeof carriedSchema>
export const carriedNames = carriedSchema.keyof().options

/**
 * What the register's line says after an entry: as its answers say, and as before where they say nothing of it. An answer
 * of another kind than the column's is none.
 */
export function carriedAfter(before: Carried | null, { answers, household_attribute }: EntryData): Carried {
  const written = household_attribute === undefined ? {} : { household_attribute }
  const said: Record<string, unknown> = { ...before, ...answers, ...written }
  const fits = carriedNames.map((name) => [name, carriedSchema.shape[name].safeParse(said[name]).data ?? null])
  return carriedSchema.parse(Object.fromEntries(fits))
}
