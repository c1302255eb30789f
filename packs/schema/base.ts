// What every file of a pack is made of: words, days, codes, sources.
import { z } from 'zod'

/** Words for people, by language code (`en`, `zh`). That every language of the pack is there is checked by check.ts. */
export const Text = z.record(z.string(), z.string())
export type Text = z.infer<typeof Text>

/** V read in the source, P partly supported, U commonly cited but not confirmed, assumption = the pack author's own. */
export const Confidence = z.enum(['V', 'P', 'U', 'assumption'])
export type Confidence = z.infer<typeof Confidence>

export const Day = z.iso.date()
export const Code = z.string().regex(/^\w+$/, 'letters, digits and _ only')

export const Source = z.strictObject({ title: Text, date: Day, url: z.string().optional(), confidence: Confidence })
export type Source = z.infer<typeof Source>

// In force from `valid_from` on, up to and without `valid_to` (in-force.ts).
export const sourced = { valid_from: Day, valid_to: Day.optional(), source: Source }
