// Rates, appeals, the decision.
import { randomUUID } from 'node:crypto'
import type { EnteredToWrite } from '#door/context.ts'
import { covers } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { audit, auditMany } from '#registry/audit/audit.ts'
import { loadEvaluation, mustBeIndependent, mustHaveVisited } from './act.ts'
import { populationsOf } from './draw.ts'
import { estimateAll, overall, type Estimated, type Overall, type Seen } from './estimate.ts'
import { moveEvaluation, unitsOf, type Evaluation } from './store.ts'
import { appealsOf, decideAppeal, saveAppeals, saveEstimates, type Basis } from './store-results.ts'

type C = EnteredToWrite

/** Estimate every rate, as found and after appeals; refuses while households wait, unless the rest is given up. */
export async function estimateEvaluation(c: C, evaluation_id: string, without_the_rest: boolean) {
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.estimate')
  await mustBeIndependent(c, found.county_code)
  if (found.state !== 'drawn' && found.state !== 'published') {
    throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  }
  const made = await estimate(c, found, without_the_rest)
  await audit(c.var.tx, {
    county_code: found.county_code,
    action: 'evaluate.estimate',
    subject_kind: 'evaluation',
    subject_id: evaluation_id,
    // Counts of households alone until publication: a rate told early could still be worked upon.
    detail: { inspected: made.inspected, not_visited: made.not_visited, upheld: made.upheld },
  })
  return made
}

async function estimate(c: C, found: Evaluation, without_the_rest: boolean) {
  const { tx, now } = c.var
  const { county_code, evaluation_id } = found
  const units = await unitsOf(tx, county_code, evaluation_id)
  const not_visited = units.filter((unit) => unit.inspected_on === null).length
  if (not_visited > 0 && !without_the_rest) {
    throw problem('evaluate_units_open', { detail: `${not_visited} of ${units.length} households wait.` })
  }
  const appeals = await appealsOf(tx, county_code, evaluation_id)
  const upheld = new Set(appeals.filter((each) => each.state === 'upheld').map((each) => each.household_id))
  const seen: Seen[] = units.map((unit) => ({ ...unit, people_met: unit.people_met ?? 0 }))
  const overturned = seen.map((unit) =>
    upheld.has(unit.household_id) && unit.found_poor !== null ? { ...unit, found_poor: !unit.found_poor } : unit,
  )
  const populations = found.populations ?? populationsOf([])
  const { confidence, thresholds } = found.design
  const results: { basis: Basis; estimates: Estimated[]; overall: Overall }[] = []
  for (const [basis, of] of [
    ['as_found', seen],
    ['after_appeals', overturned],
  ] as const) {
    const estimates = estimateAll({ units: of, populations, confidence, thresholds })
    const { area_code, published_at } = found
    await saveEstimates(tx, { county_code, evaluation_id, area_code, basis, confidence, now, published_at }, estimates)
    results.push({ basis, estimates, overall: overall(estimates) })
  }
  return { inspected: units.length - not_visited, not_visited, upheld: upheld.size, results }
}

export interface AppealInput {
  household_id: string
  statement: string
  evidence?: string | undefined
}

/** Officials answer a finding with evidence, once the evaluation is published. */
export async function makeAppeals(c: C, evaluation_id: string, appeals: readonly AppealInput[]) {
  const { tx, actor, now } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.appeal')
  const { county_code } = found
  if (found.state !== 'published') throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  const household_ids = appeals.map((each) => each.household_id)
  const units = new Map(
    (await unitsOf(tx, county_code, evaluation_id, { household_ids })).map((unit) => [unit.household_id, unit]),
  )
  const standing = new Set((await appealsOf(tx, county_code, evaluation_id)).map((each) => each.household_id))
  const rows = appeals.map((each) => {
    const unit = units.get(each.household_id)
    if (!unit || !covers(actor, unit.area_code)) {
      throw problem('not_found', { detail: `Household ${each.household_id} was not drawn, or lies outside your area.` })
    }
    if (unit.found_poor === null) {
      throw problem('wrong_state', {
        detail: `Nothing was found at ${each.household_id} that could be appealed against.`,
      })
    }
    if (standing.has(each.household_id)) {
      throw problem('already_done', { detail: `There is an appeal on ${each.household_id} already.` })
    }
    standing.add(each.household_id)
    return {
      county_code,
      appeal_id: randomUUID(),
      evaluation_id,
      household_id: each.household_id,
      area_code: unit.area_code,
      statement: each.statement,
      evidence: each.evidence ?? null,
      state: 'open' as const,
      made_at: now,
      made_by: actor.account_id ?? '',
    }
  })
  await saveAppeals(tx, rows)
  await auditMany(
    tx,
    rows.map((row) => ({
      county_code,
      action: 'evaluate.appeal',
      subject_kind: 'appeal',
      subject_id: row.appeal_id,
      household_id: row.household_id,
      detail: { evaluation_id, statement: row.statement },
    })),
  )
  return { appeal_ids: rows.map((row) => row.appeal_id) }
}

/** The evaluator decides on an appeal; an upheld one overturns what was found, and both rates stay on record. */
export async function settleAppeal(
  c: C,
  evaluation_id: string,
  appeal_id: string,
  decided: { state: 'upheld' | 'dismissed'; reason: string },
) {
  const { tx, actor, now } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.decide')
  const { county_code } = found
  await mustBeIndependent(c, county_code)
  if (found.state !== 'published') throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  const appeal = (await appealsOf(tx, county_code, evaluation_id)).find((each) => each.appeal_id === appeal_id)
  if (!appeal) throw problem('not_found', { detail: `There is no appeal ${appeal_id}.` })
  if (appeal.state !== 'open') throw problem('already_done', { detail: `It was ${appeal.state}.` })
  await decideAppeal(tx, county_code, appeal_id, { ...decided, now, account_id: actor.account_id ?? '' })
  const { results } = await estimate(c, found, true)
  await audit(tx, {
    county_code,
    action: 'evaluate.settle_appeal',
    subject_kind: 'appeal',
    subject_id: appeal_id,
    household_id: appeal.household_id,
    detail: { evaluation_id, ...decided },
  })
  return {
    state: decided.state,
    overall: results.find((each) => each.basis === 'after_appeals')?.overall ?? 'not_shown',
  }
}

/** Close the evaluation: what the intervals show against the limits is the decision; nobody can decide otherwise. */
export async function decideEvaluation(c: C, evaluation_id: string, note: string | null) {
  const { tx, now } = c.var
  const found = await loadEvaluation(c, evaluation_id, 'evaluate.decide')
  const { county_code } = found
  await mustBeIndependent(c, county_code)
  if (found.state !== 'published') throw problem('wrong_state', { detail: `The evaluation is ${found.state}.` })
  mustHaveVisited(await unitsOf(tx, county_code, evaluation_id))
  const open = (await appealsOf(tx, county_code, evaluation_id)).filter((each) => each.state === 'open')
  if (open.length > 0) throw problem('evaluate_appeal_open', { detail: `${open.length} appeals are open.` })
  const { results } = await estimate(c, found, true)
  const told = (basis: Basis) => results.find((each) => each.basis === basis)
  const final = told('after_appeals')
  const decision = {
    overall: final?.overall ?? 'not_shown',
    as_found: told('as_found')?.overall ?? 'not_shown',
    measures: Object.fromEntries(
      (final?.estimates ?? []).flatMap((each) => (each.result ? [[each.measure, each.result]] : [])),
    ),
    note,
  }
  await moveEvaluation(tx, county_code, evaluation_id, {
    state: 'closed',
    closed_at: now,
    decision: JSON.stringify(decision),
  })
  await audit(tx, {
    county_code,
    action: 'evaluate.decide',
    subject_kind: 'evaluation',
    subject_id: evaluation_id,
    detail: decision,
  })
  return decision
}
