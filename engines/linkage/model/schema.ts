import { z } from 'zod'
import { LinkageError } from '../errors.ts'
import { checkModel } from './model.ts'
import type { LinkageModel } from './model.ts'
import { faultsOf, idleConditions } from './hints.ts'
import type { ModelFault } from './hints.ts'

// model.schema.json is made from this file (schema.test.ts holds them equal); the types are model.ts's, and the last
// lines here hold the two to the same fields.

const name = z.string().min(1)
const share = z.number().gt(0).max(1)
const bits = z.number()

const test = z.discriminatedUnion('test', [
  z.strictObject({ test: z.literal('equal'), column: name }),
  z.strictObject({ test: z.literal('reversed'), columns: z.tuple([name, name]) }),
  z.strictObject({ test: z.literal('levenshtein'), column: name, at_most: z.number().int().min(0) }),
  z.strictObject({ test: z.literal('damerau_levenshtein'), column: name, at_most: z.number().int().min(0) }),
  z.strictObject({ test: z.literal('jaro_winkler'), column: name, at_least: z.number().min(0).max(1) }),
  z.strictObject({ test: z.literal('within'), column: name, at_most: z.number().min(0) }),
])

const level = z.strictObject({
  name: name.describe(
    'Kinds with fixed levels (exact, date, digits, chinese_name, person_id) know only their own names.',
  ),
  m: share.describe('Share of true pairs that reach this level: a starting value where the model is trained.'),
  u: share.describe('Share of random pairs of different records that reach this level by chance.'),
  at_least: z.number().min(0).max(1).optional().describe('text: least Jaro-Winkler similarity by characters.'),
  max_edits: z.number().int().min(0).optional().describe('text: most edits by characters.'),
  within: z.number().min(0).optional().describe('number: greatest difference.'),
  length: z.number().int().min(1).optional().describe('prefix: characters that agree from the start.'),
  tests: z.array(test).min(1).optional().describe('tests: all must hold. The last level has none.'),
  term_frequency: name.optional().describe('tests: the column whose frequency adjusts this level.'),
  chance: share.optional().describe('As learnt from one list: the part of agreement on a value that is chance.'),
})

const comparison = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  note: z.string().optional().describe('For people who read the model: why it is compared so.'),
  columns: z.array(name).min(1).describe('One column; three for person_id (number, birth date, sex); any for tests.'),
  kind: z.enum(['exact', 'text', 'date', 'number', 'digits', 'prefix', 'chinese_name', 'person_id', 'tests']),
  levels: z.array(level).min(2).describe('From the strongest agreement to the weakest.'),
  term_frequency: z.boolean().optional().describe('Agreement on a rare value counts more than on a common one.'),
  shared_in_household: z.boolean().optional().describe('What a family has in common: an address, a telephone.'),
  shared_from_level: name.optional().describe('The strongest level that whole families reach together: the surname.'),
})

const reference = z.strictObject({ comparison: name, levels: z.array(name).min(1) })

export const modelSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not part of the model.'),
    format: z.literal('linkage-model/1'),
    name,
    comparisons: z.array(comparison).min(1),
    blocking_rules: z
      .array(z.array(name.describe('`column` or `column:transform`.')).min(1))
      .min(1)
      .describe('Records that agree on all keys of some rule are compared.'),
    prior: z.number().gt(0).lt(1).describe('Probability that two records drawn at random are the same.'),
    thresholds: z.strictObject({
      accept: bits.describe('Least bits of an accepted pair. 10 bits: about 1 in 1,000 wrong.'),
      review: bits.describe('Least bits of a pair that a person looks at.'),
      margin: z.number().min(0).optional().describe('Least lead in bits over the next best pair. Default 3.'),
    }),
    accept_requires: z.array(reference).optional().describe('A pair is accepted only if one of these levels holds.'),
    vetoes: z.array(reference).optional().describe('Never accepted, never helped by the household.'),
    households: z
      .strictObject({
        anchor: bits.describe('Least bits of a pair that vouches for its household.'),
        bits_per_anchor: z.number().min(0),
        max_anchors: z.number().int().min(0),
        support_bits: z
          .array(bits)
          .min(1)
          .optional()
          .describe('As learnt: bits by number of other anchors from 0 up, in place of bits_per_anchor.'),
        vetoes: z.array(reference),
        second_evidence: z
          .array(reference)
          .optional()
          .describe(
            'Levels that stand in for accept_requires where another sure link joins the two households, and nobody else there has what it asks for.',
          ),
        moved: reference
          .optional()
          .describe('Levels that mean another place: a household most of whose members reach them has moved.'),
      })
      .optional(),
  })
  .describe('A record linkage: what is compared, how, what agreement is worth, and where the bands lie.')

export type { ModelFault }

function refuse(errors: ModelFault[]): never {
  const listed = errors.map(({ path, message }) => `${path || 'the model'}: ${message}`).join(' ')
  throw new LinkageError('linkage_bad_model', `The model cannot be used. ${listed}`, { errors })
}

/**
 * A model from parsed JSON. Throws LinkageError `linkage_bad_model`: every field that is unknown, missing or of the wrong
 * kind with its path in `detail.errors`; else the first thing that `checkModel` finds.
 */
export function readModel(value: unknown): LinkageModel {
  const read = modelSchema.safeParse(value)
  if (!read.success) {
    refuse(faultsOf(read.error.issues, value, modelJsonSchema()))
  }
  const { $schema: _, ...fields } = read.data
  const model: LinkageModel = fields
  const idle = idleConditions(model.comparisons)
  if (idle.length > 0) refuse(idle)
  checkModel(model)
  return model
}

/** The contents of model.schema.json (JSON Schema 2020-12). */
export function modelJsonSchema(): object {
  return { title: 'linkage-model/1', ...z.toJSONSchema(modelSchema) }
}

type Fields<T> = T extends readonly (infer E)[]
  ? Fields<E>[]
  : T extends object
    ? { [K in keyof T]-?: Fields<NonNullable<T[K]>> }
    : T
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
/** Fails to compile when a field stands in the type alone or in the schema alone. */
export const SCHEMA_IS_TYPE: Same<Fields<Omit<z.infer<typeof modelSchema>, '$schema'>>, Fields<LinkageModel>> = true
