import { earlyLife } from './life-early.ts'
import { evaluationLife } from './life-evaluate.ts'
import { lateLife } from './life-late.ts'
import { officeLife } from './life-office.ts'
import { surveyLife } from './life-survey.ts'
import type { Acting, Stage, Step } from './stage.ts'

/** The whole life, in its order. */
export const stepsOf = (stage: Stage, acting: Acting): Step[] => [
  ...surveyLife(stage, acting),
  ...earlyLife(stage, acting),
  ...lateLife(stage, acting),
  ...evaluationLife(stage),
  ...officeLife(stage, acting),
]
