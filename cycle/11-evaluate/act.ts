// From the design to publication. Nothing that officials can read (the audit trail among it) names a drawn household
// before the draw is published.
import { randomBytes, randomUUID } from 'node:crypto'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered, EnteredToWrite } from '#door/context.ts'
import { today, yearOf } from '#door/day.ts'
import { holdArea } from '#door/hold.ts'
import { permit, touches } from '#door/permit/permit.ts'
import { sealAnswers, type Answers } from '#door/personal.ts'
import { problem } from '#door/problems.ts'
import type { Action } from '#door/permit/roles.ts'
import { faultOf, latestDay } from '#door/steps.ts'
import { exitOn } from '#packs/in-force.ts'
import { parametersAt } from '#packs/schema/rules.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import {
  assign,
  draw,
  frameText,
  hashOf,
  populationsOf,
  sizesOf,
  strata,
  type Design,
  type Thresholds,
  type Witness,
} from './draw.ts'
import { faultsOf, inspect, inspectionFields, notInspected, type Nonresponse } from './inspect.ts'
import {
  drawnBefore,
  evaluationById,
  holdEvaluation,
  inspectorsFor,
  moveEvaluation,
  publishUnits,
  readFrameNow,
  sameDesign,
  saveEvaluation,
  saveInspections,
  saveUnits,
  unitsOf,
  withOffice,
  type Evaluation,
  type NewInspection,
} from './store.ts'
import { estimatesOf } from './store-results.ts'

type C = EnteredToWrite

/** The evaluation, if the asker may see it and take this action on it. */
export async function loadEvaluation(c: C, evaluation_id: string, action: Action): Promise<Evaluation> {
  const named = await evaluationById(c.var.tx, evaluation_id)
  // Whoever changes it holds it, and reads it again: of two at once the second finds what the first did.
  if (named) await holdEvaluation(c.var.tx, named)
  return readEvaluation(c, evaluation_id, action)
}

/** The evaluation that is asked for, where `action` may be taken on it. */
export async function readEvaluation(
  c: Entered,
  evaluation_id: string,
  action: Action = 'evaluate.read',
): Promise<Evaluation> {
  const found = await evaluationById(c.var.tx, evaluation_id)
  if (!found) throw problem('not_found', { detail: `There is no evaluation ${evaluation_id}.` })
  // Officials below the evaluated area read what was published; whoever acts on it must cover it.
  const reads = action === 'evaluate.read' || action === 'evaluate.appeal'
  if (!reads) permit(c.var.actor, action, found.area_code)
  else if (!touches(c.var.actor, found.area_code)) throw problem('not_found')
  return found
}

/** Whoever evaluates holds no office in, below or above the county. */
export async function mustBeIndependent(c: C, county_code: string): Promise<void> {
  const { tx, actor } = c.var
  const account_id = actor.account_id ?? ''
  if ((await withOffice(tx, [account_id], county_code)).has(account_id)) {
    throw problem('evaluate_conflict', { detail: `The account holds an office in, below or above ${county_code}.` })
  }
}

export interface DesignInput {
  area_code: string
  year: number
  design: {
    sizes?: Design['sizes']
    half_width?: number | undefined
    expected: number
    /** The pack's where it is left out. */
    confidence?: number | undefined
    thresholds?: Partial<Thresholds> | undefined
    reference_date?: string | undefined
  }
  seed_sha256?: string | undefined
}

/** The confidence of a design: its own, never below the pack's. Throws where it, or a sample, says too little. */
function mustBeSureEnough(c: C, design: DesignInput['design'], date: string): number {
  const rule = exitOn(c.var.pack, date)?.county_evaluation
  if (!rule) throw problem('rules_not_in_force', { detail: `Nothing says on ${date} how sure an evaluation must be.` })
  const confidence = design.confidence ?? rule.confidence
  if (confidence < rule.confidence) {
    throw problem('evaluate_confidence_lower', { detail: `${confidence}; the rule's is ${rule.confidence}.` })
  }
  const { sizes } = design
  const small = sizes === undefined ? [] : strata.filter((stratum) => (sizes[stratum] ?? 0) < 2)
  if (small.length > 0) {
    throw problem('evaluate_sample_too_small', {
      detail: `${small.join(', ')}: one household has no spread, none has nothing to say.`,
      errors: small.map((stratum) => ({ path: stratum, message: 'fewer than 2', got: sizes?.[stratum] ?? 0 })),
    })
  }
  return confidence
}

/** Limits of the pack in force on a date, as shares. */
export function limitsOf(c: C, area_code: string, date: string): Thresholds {
  const { values } = parametersAt(c.var.pack, date, area_code)
  const share = (name: string): number => {
    const value = values[name]
    if (typeof value !== 'number') throw problem('wrong_state', { detail: `The pack has no parameter ${name}.` })
    return value / 100
  }
  return {
    incidence: share('county_incidence_max'),
    wrong_exit: share('wrong_exit_max'),
    missed: share('missed_max'),
    recognition: share('recognition_min'),
  }
}

/** Write the design down with the seed's hash; without one the seed is made here, told once and not kept. */
export async function designEvaluation(c: C, input: DesignInput) {
  const { tx, actor, now } = c.var
  permit(actor, 'evaluate.design', input.area_code)
  const { county_code } = await placeInCounty(tx, input.area_code)
  await mustBeIndependent(c, county_code)
  const reference_date = input.design.reference_date ?? `${input.year}-12-31`
  // Limits and lines are those of the year that is evaluated, not of a year with kinder ones.
  if (yearOf(reference_date) !== input.year) {
    throw problem('request_invalid', { detail: `${reference_date} is no day of ${input.year}.` })
  }
  const confidence = mustBeSureEnough(c, input.design, reference_date)
  const limits = limitsOf(c, input.area_code, reference_date)
  const thresholds = { ...limits }
  for (const name of ['incidence', 'wrong_exit', 'missed', 'recognition'] as const) {
    const limit = limits[name]
    const wanted = input.design.thresholds?.[name]
    if (wanted === undefined) continue
    if (wanted <= 0) throw problem('evaluate_limit_zero', { detail: `${name}: ${wanted}.` })
    if (name === 'recognition' ? wanted < limit : wanted > limit) {
      throw problem('evaluate_threshold_looser', { detail: `${name}: the rule's limit is ${limit}.` })
    }
    thresholds[name] = wanted
  }
  const seed = input.seed_sha256 === undefined ? randomBytes(32).toString('hex') : null
  const seed_sha256 = input.seed_sha256 ?? hashOf(seed ?? '')
  const design: Design = { ...input.design, confidence, thresholds, reference_date }
  await holdArea(tx, input.area_code)
  const twin = await sameDesign(tx, { county_code, ...input, design, seed_sha256: input.seed_sha256 ?? null })
  if (twin) {
    throw problem('already_done', {
      detail: `The evaluation ${twin.evaluation_id} has the same design and waits for its draw.`,
    })
  }
  const evaluation_id = randomUUID()
  await saveEvaluation(tx, {
    county_code,
    evaluation_id,
    area_code: input.area_code,
    year: input.year,
    design: JSON.stringify(design),
    seed_sha256,
    state: 'designed',
    created_at: now,
    created_by: actor.account_id ?? '',
  })
  await audit(tx, {
    county_code,
    action: 'evaluate.design',
    subject_kind: 'evaluation',
    subject_id: evaluation_id,
    detail: { area_code: input.area_code, year: input.year, seed_sha256 },
  })
  return { evaluation_id, seed_sha256, seed }
}

/** Draw from the households of this moment with the committed seed, and share the visits out. */
export async function drawEvaluation(c: C, evaluation_id: string, seed: string, witness: Witness | null) {
  const { tx, now } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.draw')
  const { county_code } = found
  await mustBeIndependent(c, county_code)
  if (found.state !== 'designed') throw problem('already_done', { detail: `It was drawn at ${found.drawn_at}.` })
  if (hashOf(seed) !== found.seed_sha256) {
    throw problem('evaluate_seed_differs', { detail: `Its SHA-256 is not ${found.seed_sha256}.` })
  }
  const place = await placeInCounty(tx, found.area_code)
  // Of two draws at once the second sees the first.
  await holdArea(tx, found.area_code)
  const other = await drawnBefore(tx, found)
  if (other !== undefined) {
    throw problem('evaluate_drawn_already', { detail: `${found.area_code} in ${found.year}: evaluation ${other}.` })
  }
  const frame = await readFrameNow(tx, place)
  if (frame.length === 0)
    throw problem('evaluate_no_frame', { detail: `${found.area_code} has no surveyed household.` })
  const everybody = await inspectorsFor(tx, found.area_code)
  const conflicted = await withOffice(tx, everybody, county_code)
  const inspectors = everybody.filter((account_id) => !conflicted.has(account_id))
  if (inspectors.length === 0) {
    throw problem('evaluate_no_inspector', { detail: `${everybody.length} inspectors, each with an office here.` })
  }
  const populations = populationsOf(frame)
  const sizes = sizesOf(found.design, populations)
  const text = frameText(frame)
  const frame_sha256 = hashOf(text)
  const rows = new Map(frame.map((row) => [row.household_id, row]))
  const drawn = draw(frame, sizes, seed, witness).map((unit) => {
    const row = rows.get(unit.unit_id)
    if (!row) throw new Error(`drawn ${unit.unit_id} is not on the frame`)
    const { order: draw_order, inclusion_probability, weight } = unit
    return { ...row, draw_order, inclusion_probability, weight }
  })
  await moveEvaluation(tx, county_code, evaluation_id, {
    state: 'drawn',
    seed,
    witness: witness ? JSON.stringify(witness) : null,
    frame: text,
    frame_sha256,
    populations: JSON.stringify(populations),
    drawn_at: now,
  })
  await saveUnits(tx, county_code, evaluation_id, assign(drawn, inspectors))
  await audit(tx, {
    county_code,
    action: 'evaluate.draw',
    subject_kind: 'evaluation',
    subject_id: evaluation_id,
    detail: { frame_sha256, frame: frame.length, sizes, inspectors: inspectors.length },
  })
  return { drawn: sizes, frame_sha256, populations, inspectors: inspectors.length }
}

export interface InspectionInput {
  household_id: string
  inspected_on: string
  answers?: Answers | undefined
  nonresponse?: Nonresponse | undefined
}

/** Take inspections in: each once, by the inspector to whom the household was given. */
export async function takeInspections(c: C, evaluation_id: string, inspections: readonly InspectionInput[]) {
  const { tx, actor, pack, now, registry } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.inspect')
  const { county_code } = found
  await mustBeIndependent(c, county_code)
  if (found.state !== 'drawn') throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  const book = rulebookOf(pack)
  const form = inspectionFields(pack)
  const account_id = actor.account_id ?? ''
  const household_ids = inspections.map((each) => each.household_id)
  const mine = await unitsOf(tx, county_code, evaluation_id, { inspector_id: account_id, household_ids })
  const units = new Map(mine.map((unit) => [unit.household_id, unit]))
  const refused: { household_id: string; code: string; detail?: string }[] = []
  const rows = new Map<string, NewInspection>()
  for (const { household_id, inspected_on, nonresponse, answers = {} } of inspections) {
    const unit = units.get(household_id)
    const refuse = (code: string, detail?: string) =>
      refused.push(detail === undefined ? { household_id, code } : { household_id, code, detail })
    if (!unit) {
      refuse('not_found')
      continue
    }
    if (unit.inspected_on !== null || rows.has(household_id)) {
      refuse('already_done')
      continue
    }
    // Nobody visits a household of the draw before it was drawn.
    const claim = faultOf(
      { path: household_id, day: inspected_on, after: latestDay(c, null, found.drawn_at) },
      today(c),
    )
    if (claim !== null) {
      refuse(claim, inspected_on)
      continue
    }
    const why: Nonresponse | null = nonresponse ?? (answers.consent === false ? 'refused' : null)
    const faults = why === null ? faultsOf(form, answers) : []
    if (faults.length > 0) {
      refuse('request_invalid', faults.slice(0, 20).join(', '))
      continue
    }
    const result =
      why === null
        ? inspect(book, answers, { area_code: unit.area_code, date: found.design.reference_date })
        : notInspected()
    rows.set(household_id, {
      inspection_id: randomUUID(),
      household_id,
      area_code: unit.area_code,
      answers: sealAnswers(registry.keys, pack.personal_fields, answers),
      result,
      found_poor: result.found_poor,
      recognises_help: result.recognises_help,
      people: result.people,
      nonresponse: why,
      inspected_on,
    })
  }
  await saveInspections(tx, { county_code, evaluation_id, now, account_id }, [...rows.values()])
  if (rows.size > 0) {
    await audit(tx, {
      county_code,
      action: 'evaluate.inspect',
      subject_kind: 'evaluation',
      subject_id: evaluation_id,
      detail: {
        inspections: rows.size,
        digest: auditDigest(
          [...rows.values()].map((row) => [row.household_id, row.found_poor, row.nonresponse, row.inspected_on]),
        ),
      },
    })
  }
  return { accepted: rows.size, refused }
}

/** Throws `evaluate_nobody_visited` unless somebody was met: what rests on nobody says nothing. */
export function mustHaveVisited(units: readonly { inspected_on: string | null; nonresponse: string | null }[]): void {
  if (units.some((unit) => unit.inspected_on !== null && unit.nonresponse === null)) return
  throw problem('evaluate_nobody_visited', { detail: `None of ${units.length} drawn households was inspected.` })
}

/** Show draw, seed and rates to everyone: from now on they may be checked and appealed against. */
export async function publishEvaluation(c: C, evaluation_id: string) {
  const { tx, now } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.publish')
  const { county_code } = found
  await mustBeIndependent(c, county_code)
  if (found.published_at !== null) throw problem('already_done', { detail: `Published at ${found.published_at}.` })
  if (found.state !== 'drawn') throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  mustHaveVisited(await unitsOf(tx, county_code, evaluation_id))
  // Were it published before the visits, officials would know to whom the inspectors will come.
  if ((await estimatesOf(tx, county_code, evaluation_id)).length === 0) {
    throw problem('evaluate_not_estimated', { detail: 'Inspect every drawn household and estimate the rates first.' })
  }
  await moveEvaluation(tx, county_code, evaluation_id, { state: 'published', published_at: now })
  await publishUnits(tx, county_code, evaluation_id, now)
  await audit(tx, {
    county_code,
    action: 'evaluate.publish',
    subject_kind: 'evaluation',
    subject_id: evaluation_id,
    detail: { seed: found.seed, seed_sha256: found.seed_sha256, frame_sha256: found.frame_sha256 },
  })
  return { published_at: now }
}
