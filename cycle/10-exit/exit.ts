// May it leave the list? Pure: what is checked, where each step leads, how long a notice hangs.
import type { HouseholdRecord } from '#cycle/record.ts'
import { exitChecks, indicatorsOf, complete, standAt, type Check, type Rulebook } from '#packs/rulebook.ts'
import type { Appraisal } from '#packs/schema/schema.ts'
import type { Checks, Finding } from '#registry/tables/exit.ts'
import { kinds } from './states.ts'

export { from, kinds, states, type Kind, type State } from './states.ts'

export type { Checks, Finding }

/** What the registers of other rooms say of the household's help and risk. */
export interface Support {
  plan_id: string | null
  plan_year: number | null
  items: number
  funded: number
  delivered: number
  high_alerts: number
}

export type Outcome = 'all_met' | 'not_met' | 'unknown'

export const reference = (year: number): string => `${year}-12-31`

/** Every criterion, stop and support of one household, on the last day of a year. */
export function checksOf(book: Rulebook, household: HouseholdRecord, year: number, support: Support): Checks {
  const at = standAt(book, reference(year), household.area_code)
  const { criteria, stops } = exitChecks(book, household.record, at)
  const indicators = new Map(
    indicatorsOf(book, complete(book, household.record, at), at).map((each) => [each.code, each.reason]),
  )
  const plain = new Map(
    [...(book.pack.exit?.household ?? []), ...(book.pack.exit?.stops ?? [])].map((each) => [each.code, each.plain]),
  )
  // A criterion that is an indicator by another name tells that indicator's reason.
  const finding = (check: Check): Finding => ({
    ...check,
    reason: indicators.get(check.code) ?? plain.get(check.code) ?? check.label,
  })
  return {
    year,
    reference_date: at.date,
    criteria: criteria.map(finding),
    stops: stops.map((check) => ({ ...check, reason: plain.get(check.code) ?? check.label })),
    support: supportFindings(support),
  }
}

function supportFindings(support: Support): Finding[] {
  // An approved plan none of whose measures was funded is no support.
  const arrived =
    support.plan_id !== null && support.delivered >= support.funded && (support.funded > 0 || support.items === 0)
  const { delivered, funded, high_alerts } = support
  return [
    {
      code: 'plan_delivered',
      label: { en: 'The plan was delivered', zh: '帮扶计划已落实' },
      state: arrived,
      reason:
        support.plan_id === null
          ? { en: 'There is no approved plan of help.', zh: '没有已批准的帮扶计划。' }
          : {
              en: `${delivered} of ${funded} funded measures of the plan of ${support.plan_year} were delivered.`,
              zh: `${support.plan_year}年计划中有资金的${funded}项措施已落实${delivered}项。`,
            },
      missing: [],
    },
    {
      code: 'no_high_alert',
      label: { en: 'No grave alert is open', zh: '没有未处理的高风险预警' },
      state: high_alerts === 0,
      reason:
        high_alerts === 0
          ? { en: 'No alert of high severity is open.', zh: '没有未处理的高风险预警。' }
          : {
              en: `${high_alerts} alerts of high severity are open.`,
              zh: `有${high_alerts}条高风险预警未处理。`,
            },
      missing: [],
    },
  ]
}

const order: readonly string[] = ['checked', ...kinds]

/** Steps as they happened; of one day and one moment, in the order of the procedure. */
export function inOrder<T extends { kind: string; happened_on: string; recorded_at: string }>(
  steps: readonly T[],
): T[] {
  return steps.toSorted(
    (a, b) =>
      a.happened_on.localeCompare(b.happened_on) ||
      a.recorded_at.localeCompare(b.recorded_at) ||
      order.indexOf(a.kind) - order.indexOf(b.kind),
  )
}

/**
 * All criteria and support TRUE and no stop TRUE or unknown; one known failure is enough for `not_met`. Where no criterion
 * is in force nobody meets them.
 */
export function outcomeOf(checks: Checks): Outcome {
  if (checks.criteria.length === 0) return 'unknown'
  const good = [...checks.criteria, ...checks.support]
  if (good.some((each) => each.state === false) || checks.stops.some((each) => each.state === true)) return 'not_met'
  if ([...good, ...checks.stops].some((each) => each.state === null)) return 'unknown'
  return 'all_met'
}

/** The codes that keep the household on the list, and those that nobody knows. */
export function failing(checks: Checks): { unmet: string[]; unknown: string[] } {
  const good = [...checks.criteria, ...checks.support]
  const of = (list: Finding[], state: boolean | null) =>
    list.flatMap((each) => (each.state === state ? [each.code] : []))
  return {
    unmet: [...of(good, false), ...of(checks.stops, true)],
    unknown: [...of(good, null), ...of(checks.stops, null)],
  }
}

/** Were enough representatives present, and did enough of them agree? As at the meeting that let the household in. */
export function meetingPasses(
  { quorum }: Pick<Appraisal, 'quorum'>,
  meeting: { present: number; entitled: number; for: number },
): { quorum: boolean; passed: boolean } {
  const [part, of] = quorum.present_of_members
  const [votes, out_of] = quorum.for_of_present
  const needed = meeting.present * votes
  const got = meeting.for * out_of
  return {
    quorum: meeting.present * of >= meeting.entitled * part,
    passed: quorum.strictly_more ? got > needed : got >= needed,
  }
}
