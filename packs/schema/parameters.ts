// Figures that rules read: dated, sourced, by area; and those that are worked out.
import { z } from 'zod'
import { Code, Confidence, Day, Source, Text } from './base.ts'

/**
 * A parameter that is worked out from the households of an area (engines/rules/area-statistics.ts says how, to the last
 * digit): the median income of a township, the score at which a quota is filled. What was worked out stands in `values`,
 * dated and by area: GET /api/assess/figures gives the entries.
 */
const Computed = z.strictObject({
  /** A number of the card, or a derived one that reads no computed parameter. */
  of: Code,
  statistic: z.enum(['median', 'mean', 'percentile', 'quota']),
  /** Of a percentile. */
  percent: z.number().min(0).max(100).optional(),
  /** Of a quota: the value of the household in this place from below. */
  places: z.int().positive().optional(),
  /** One figure for each area of this level. */
  level: Code,
  /** Fewer answers give no figure. */
  least: z.int().positive(),
  /** Where it is written that the figure is worked out so. */
  source: Source,
})
export type Computed = z.infer<typeof Computed>

const ParameterShape = z.strictObject({
  code: Code,
  label: Text,
  plain: Text,
  type: z.enum(['money', 'int', 'decimal']),
  unit: z.string(),
  valid_from: Day,
  computed: Computed.optional(),
  values: z
    .array(
      z.strictObject({
        from: Day,
        to: Day.optional(),
        /** Code prefix of the areas this value holds for; everywhere where absent. */
        area: z.string().optional(),
        value: z.number(),
        confidence: Confidence,
        source: Source,
      }),
    )
    .default([]),
  /** What an area may set beside the nation's value. */
  local: z.enum(['none', 'at_least', 'at_most', 'any']).optional(),
})
export const Parameter = ParameterShape.refine(({ values, computed }) => values.length > 0 || computed !== undefined, {
  path: ['values'],
  message: 'at least one value, or how it is computed',
})
export type Parameter = z.infer<typeof Parameter>
