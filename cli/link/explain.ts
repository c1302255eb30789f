import { LinkageError } from '#engines/linkage/errors.ts'
import { leftOverWaterfall, leftOverWeight, waterfall } from '#engines/linkage/explain.ts'
import type { Waterfall } from '#engines/linkage/explain.ts'
import { readable } from '#engines/linkage/files/files.ts'
import type { OpenFile } from '#engines/linkage/files/files.ts'
import { supportOf } from '#engines/linkage/choose/household-support.ts'
import type { Support } from '#engines/linkage/choose/household-support.ts'
import { anchorsIn, linkRow } from '#engines/linkage/files/links-file.ts'
import type { LinkRow } from '#engines/linkage/files/links-file.ts'
import { probabilityOf } from '#engines/linkage/model/model.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { meaningOf, patternOf } from '#engines/linkage/learn/patterns.ts'
import { sharesOf } from '#engines/linkage/learn/shares.ts'
import { supportBits } from '#engines/linkage/choose/support.ts'
import { tell } from '../tell.ts'
import { bits, printFall } from './fall.ts'
import { needHouseholds, recordOf, withInputs } from './inputs.ts'
import type { InputOptions, Inputs } from './inputs.ts'

export interface ExplainOptions extends InputOptions {
  leftId: string
  rightId: string
  links?: string
  households?: boolean
}

type Row = Record<string, string | null>
type Pair = { left: Row; right: Row }

/** A pair's evidence with what its household adds, and the row that a run wrote of it. */
export type Explained = Waterfall & {
  pass: LinkRow['pass']
  /** Pass `household`: at most so many partners were left over for either of the two. */
  free?: number
  support: (Support & { running: number }) | null
  band?: string
  doubt?: string | null
}

/** `doorstep link explain`: the evidence for one pair, in bits that add up from the prior to the match weight. */
export async function explainCommand(options: ExplainOptions): Promise<void> {
  await withInputs(options, async (inputs) => {
    if (options.households) needHouseholds(options, inputs)
    const { connection, left, right } = inputs
    const explained = await readable([options.left, options.right].filter(Boolean).join(' or '), async () => {
      const pair = {
        left: await recordOf(connection, left, options.left, options.id, options.leftId),
        right: await recordOf(connection, right ?? left, options.right ?? options.left, options.id, options.rightId),
      }
      if (!right && options.leftId === options.rightId) {
        throw new LinkageError('linkage_no_record', 'Both ids are the same record.', { id: options.leftId })
      }
      return options.links ? explainLink(options, inputs, pair, options.links) : explainPair(options, inputs, pair)
    })
    if (options.json) tell({ left_id: options.leftId, right_id: options.rightId, ...explained }, true)
    else printFall(explained, options)
  })
}

async function shares({ connection, left, right, model, frequencies }: Inputs, pair: Pair) {
  const relations = right ? [left, right] : [left]
  return sharesOf(connection, { relations, model, ...(frequencies ? { given: frequencies } : {}) }, [
    pair.left,
    pair.right,
  ])
}

type Between = { left_id: string; right_id: string; left_household: string; right_household: string }

/** The households of both records; null where one has none. */
function householdsOf({ household, leftId, rightId }: ExplainOptions, { left, right }: Pair): Between | null {
  const [left_household, right_household] = [left[household], right[household]]
  return left_household && right_household
    ? { left_id: leftId, right_id: rightId, left_household, right_household }
    : null
}

/** Without a links file: what `link` gives the pair by itself or, with --households, helped by its household. */
async function explainPair(options: ExplainOptions, inputs: Inputs, pair: Pair): Promise<Explained> {
  const own = waterfall(pair, inputs.model, await shares(inputs, pair))
  const between = options.households && inputs.right ? householdsOf(options, pair) : null
  if (!between) return { ...own, pass: 'pair', support: null }
  return supported(own, await foundAnew(options, inputs, own, between))
}

/** The support of a pair worked out from the records. */
async function foundAnew(
  options: ExplainOptions,
  { connection, left, right, model, frequencies }: Inputs,
  own: Waterfall,
  between: Between,
): Promise<Support> {
  const run = {
    ...{ left, right: right!, model, id_column: options.id, household_column: options.household },
    ...(frequencies ? { frequencies } : {}),
  }
  return supportOf(connection, run, { ...between, vetoed: isVetoed(model, own) })
}

function isVetoed(model: LinkageModel, { bars }: Waterfall): boolean {
  const levels = model.comparisons.map((c, i) => c.levels.findIndex(({ name }) => name === bars[i]!.level))
  return meaningOf(patternOf(levels, model), model).vetoed
}

function supported(own: Waterfall, support: Support): Explained {
  const match_weight = own.match_weight + support.weight
  const match_probability = probabilityOf(match_weight)
  return { ...own, pass: 'pair', support: { ...support, running: match_weight }, match_weight, match_probability }
}

/** With a links file: the pair as that run weighed it, pass and household support included. */
async function explainLink(options: ExplainOptions, inputs: Inputs, pair: Pair, path: string): Promise<Explained> {
  const { connection, left, right, model } = inputs
  const links: OpenFile & { path: string } = { ...(await inputs.open(path)), path }
  const row = await linkRow(connection, links, { left_id: options.leftId, right_id: options.rightId })
  const between = right && model.households ? householdsOf(options, pair) : null
  const anchors = between
    ? await anchorsIn(
        connection,
        links,
        {
          ...{ left, right: right!, id_column: options.id, household_column: options.household },
          anchor: model.households!.anchor,
        },
        between,
      )
    : []
  const known = await shares(inputs, pair)
  const { match_probability, band, doubt, pass } = row
  let explained: Explained
  if (pass === 'household') {
    // how many were left over stands in the weight alone: what the comparisons do not explain
    const start = row.match_weight - leftOverWaterfall(pair, model, 1, known).match_weight + leftOverWeight(1)
    const free = Math.max(1, Math.round(0.5 + 0.5 * 2 ** -start))
    const own = leftOverWaterfall(pair, model, free, known)
    explained = { ...own, pass, free, support: { others: null, weight: 0, anchors, running: own.match_weight } }
  } else {
    const { support: others, support_weight: weight } = row
    const own = waterfall(pair, model, known)
    const most = model.households ? supportBits(model.households).length - 1 : 0
    // a pair may have come to lead, or have lost its lead, through support: the records tell who vouched
    const sure = Math.min(anchors.length, most) === others || !between
    const named = sure ? anchors : (await foundAnew(options, inputs, own, between)).anchors
    const told = others > 0 || weight !== 0
    explained = { ...(told ? supported(own, { others, weight, anchors: named }) : { ...own, support: null }), pass }
  }
  if (Math.abs(explained.match_weight - row.match_weight) > 1e-6) {
    console.error(
      `linkage_other_model: ${path} says ${bits(row.match_weight)} bits, the model ${options.model} makes it ${bits(explained.match_weight)}. Explain with the model that the run wrote (--model-out), and the same --frequencies.`,
    )
  }
  return { ...explained, match_probability, band, doubt }
}
