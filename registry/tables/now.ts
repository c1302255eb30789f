// Views of views/01-now.sql: the rows of a table, each with the household it counts for today.
import type {
  AppraisalTable,
  AppraisalVoteTable,
  NoticeHouseholdTable,
  ObjectionTable,
  ReviewTable,
} from './appraise.ts'
import type { AssessmentTable, VerificationTable } from './assess.ts'
import type { DeliveryTable, HelperTable, IncomeLedgerTable } from './deliver.ts'
import type { DiagnosisTable } from './diagnose.ts'
import type { EvaluationUnitTable, InspectionTable } from './evaluate.ts'
import type { ExitCaseTable, ExitStepTable } from './exit.ts'
import type { AlertTable, ChangeEventTable } from './monitor.ts'
import type { PlanItemTable, PlanTable } from './prescribe.ts'
import type { RegisterEntryTable } from './register.ts'

/** `household_id` stays the household a row was written for. */
interface Counted {
  counts_for: string
}

/** One of several that cannot all go on since their households are one: it waits for its household to be parted. */
interface Held extends Counted {
  held: boolean
}

export interface NowViews {
  assessment_now: AssessmentTable & Counted
  verification_now: VerificationTable & Counted
  appraisal_now: AppraisalTable & Held
  appraisal_vote_now: AppraisalVoteTable & Counted
  notice_household_now: NoticeHouseholdTable & Counted
  objection_now: ObjectionTable & Counted
  review_now: ReviewTable & Counted
  register_entry_now: RegisterEntryTable & Counted
  diagnosis_now: DiagnosisTable & Counted
  plan_now: PlanTable & Held
  plan_item_now: PlanItemTable & Counted
  helper_now: HelperTable & Counted
  delivery_now: DeliveryTable & Counted
  income_ledger_now: IncomeLedgerTable & Counted
  change_event_now: ChangeEventTable & Counted
  alert_now: AlertTable & Counted
  exit_case_now: ExitCaseTable & Held
  exit_step_now: ExitStepTable & Counted
  inspection_now: InspectionTable & Counted
  evaluation_unit_now: EvaluationUnitTable & Counted
}
