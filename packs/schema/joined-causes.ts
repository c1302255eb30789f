// How the computed causes and the surveyor's word are joined.
import { z } from 'zod'
import { Source, Text } from './base.ts'

/**
 * Weights of a conditional logit (packs/fit/join-causes.ts): what the share a cause would close counts for, that it ranks
 * first, that the evidence supports it, that the surveyor named it, as main or beside, and that both name it. No cause
 * has a weight of its own. From `sure_at` on the answer is called sure; below a person looks at it.
 */
export const JoinedCauses = z.strictObject({
  weights: z.strictObject({
    closes_share: z.number(),
    computed_main: z.number(),
    computed: z.number(),
    stated: z.number(),
    stated_other: z.number(),
    stated_and_computed: z.number(),
  }),
  /** Of the main cause being none of those that anything speaks for: so that a single one is not sure by itself. */
  another: z.number(),
  sure_at: z.number().min(0).max(1),
  plain: Text,
  source: Source,
})
export type JoinedCauses = z.infer<typeof JoinedCauses>
