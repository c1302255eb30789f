// What the rooms need of a pack's procedures: no lawful figure has a default in code, so what a pack leaves out is told here.
import { inForce, type Dated } from '../in-force.ts'
import type { Pack, PackProblem, Step } from '../schema/schema.ts'

/** Parameters that the room evaluate reads as limits, where a pack lets counties leave. */
const LIMITS = ['county_incidence_max', 'wrong_exit_max', 'missed_max', 'recognition_min']

type Report = (file: string, at: string, message: string, hint?: string) => void

/** Everything that a step, a quorum, a period or a limit lacks. */
export function checkProcedures(pack: Pack): PackProblem[] {
  const problems: PackProblem[] = []
  const report: Report = (file, at, message, hint) =>
    problems.push({ code: 'pack_bad_procedure', file, at, message, ...(hint === undefined ? {} : { hint }) })
  checkDates(pack, report)
  checkAppraisal(pack, report)
  checkExit(pack, report)
  return problems
}

/** What ends before it begins is never in force. */
function checkDates(pack: Pack, report: Report): void {
  const look = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return
    const { valid_from, valid_to } = value as Partial<Dated>
    if (typeof valid_from === 'string' && typeof valid_to === 'string' && valid_to <= valid_from) {
      report(`rules/${at.split('.')[0]}.yaml`, at, `It ends on ${valid_to}, not after it begins on ${valid_from}.`)
    }
    for (const [key, inner] of Object.entries(value)) look(inner, `${at}.${key}`)
  }
  const { derived, indicators, verdicts, vetoes, causes, measures, alerts, exit, appraisal } = pack
  const parts = { derived, indicators, verdict: verdicts, vetoes, causes, measures, alerts, exit, appraisal }
  for (const [name, part] of Object.entries(parts)) look(part, name)
}

/** Two steps of one code must not be in force on one day: which of their periods held would be left to chance. */
function overlaps(steps: readonly Step[]): string[] {
  return steps
    .filter((step, index) =>
      steps.some(
        (other, place) =>
          place < index &&
          other.code === step.code &&
          (inForce(other, step.valid_from) || inForce(step, other.valid_from)),
      ),
    )
    .map((step) => step.code)
}

function checkAppraisal({ appraisal }: Pack, report: Report): void {
  if (!appraisal) return
  const file = 'rules/appraisal.yaml'
  for (const code of overlaps(appraisal.steps)) report(file, `steps.${code}`, `${code} is in force twice on one day.`)
  const [part, of] = appraisal.quorum.present_of_members
  if (part < 0 || part > of) report(file, 'quorum.present_of_members', `${part} of ${of} is no part of those entitled.`)
  const [votes, among] = appraisal.quorum.for_of_present
  if (votes < 0 || votes > among)
    report(file, 'quorum.for_of_present', `${votes} of ${among} is no part of those present.`)
  for (const stage of ['first_notice', 'second_notice', 'announcement'] as const) {
    const { value } = appraisal[`${stage}_days`]
    const own = appraisal.steps.filter((step) => step.code === stage)
    if (own.length === 0) report(file, `steps.${stage}`, `There is no step ${stage}, so nobody may hang that notice.`)
    for (const step of own) {
      if (step.days !== value)
        report(file, `steps.${stage}`, `It takes ${step.days} days here and ${value} in ${stage}_days.`)
    }
  }
}

function checkExit(pack: Pack, report: Report): void {
  const { exit } = pack
  if (!exit) return
  const file = 'rules/exit.yaml'
  const levels = ['household', 'village', 'county'] as const
  for (const level of levels) {
    const steps = exit.steps[level] ?? []
    for (const code of overlaps(steps)) report(file, `steps.${level}.${code}`, `${code} is in force twice on one day.`)
    if (exit[level].length === 0) continue
    const first = exit[level].map((each) => each.valid_from).sort()[0] ?? ''
    const notices = steps.filter((step) => step.code === 'notice')
    if (!notices.some((step) => step.valid_from <= first)) {
      report(
        file,
        `steps.${level}.notice`,
        `There is no step \`notice\` from ${first} on, when the first criterion of the ${level} comes into force.`,
        'Say for how many days the notice hangs (0 where there is none).',
      )
    }
  }
  for (const level of Object.keys(exit.steps)) {
    if (!(levels as readonly string[]).includes(level))
      report(file, `steps.${level}`, `Steps are of ${levels.join(', ')}.`)
  }
  if (exit.household.length > 0 && !pack.appraisal) {
    report(
      file,
      'household',
      'A village meets on each exit, but the pack has no rules/appraisal.yaml to say when it may decide.',
    )
  }
  if (exit.county.length === 0) return
  if (!exit.county_evaluation) {
    report(
      file,
      'county_evaluation',
      'A county leaves on an evaluation, and nothing says how sure and how large it must be.',
      'Say confidence and households by stratum.',
    )
  }
  for (const code of LIMITS) {
    const parameter = pack.parameters.find((each) => each.code === code)
    if (!parameter) report('rules/parameters.yaml', code, `The evaluation of counties needs the limit ${code}.`)
    else if (parameter.values.some((each) => each.value <= 0))
      report('rules/parameters.yaml', code, 'A limit of 0 can never be shown.')
  }
}
