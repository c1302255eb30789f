import { HTTPException } from 'hono/http-exception'
import { appraiseProblems } from './problems/appraise.ts'
import { assessProblems } from './problems/assess.ts'
import type { ProblemKind } from './problems/catalogue.ts'
import { deliverProblems } from './problems/deliver.ts'
import { diagnoseProblems } from './problems/diagnose.ts'
import { evaluateProblems } from './problems/evaluate.ts'
import { exitProblems } from './problems/exit.ts'
import { generalProblems } from './problems/general.ts'
import { matchProblems } from './problems/match.ts'
import { monitorProblems } from './problems/monitor.ts'
import { prescribeProblems } from './problems/prescribe.ts'
import { registerProblems } from './problems/register.ts'
import { seeProblems } from './problems/see.ts'
import { surveyProblems } from './problems/survey.ts'

export const catalogue = {
  ...generalProblems,
  ...surveyProblems,
  ...matchProblems,
  ...assessProblems,
  ...appraiseProblems,
  ...registerProblems,
  ...diagnoseProblems,
  ...prescribeProblems,
  ...deliverProblems,
  ...monitorProblems,
  ...exitProblems,
  ...evaluateProblems,
  ...seeProblems,
}

export type ProblemCode = keyof typeof catalogue

export type Language = 'en' | 'zh'

/** What a problem may add to its kind: a sentence on this case, and where it lies. All of it reaches the caller. */
export interface ProblemExtras {
  /** One sentence on this very case, in English; the title says the general thing in the reader's language. */
  detail?: string
  /** Where: field paths, row numbers, codes. */
  errors?: { path: string; message: string; row?: number; got?: unknown }[]
  /** What was kept though the request failed (quarantine number, batch number). */
  kept?: string
  [extra: string]: unknown
}

/** An expected failure with a stable code; carries its status, so Hono can answer with it anywhere. */
export class Problem extends HTTPException {
  override name = 'Problem'
  code: ProblemCode
  extras: ProblemExtras

  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    const kind: ProblemKind = catalogue[code]
    super(kind.status, { message: `${code}: ${kind.title.en}${extras.detail ? ` (${extras.detail})` : ''}` })
    this.code = code
    this.extras = extras
  }
}

/** Make a problem to throw: `throw problem('outside_area', { detail: 'Village 360781107201 ...' })`. */
export function problem(code: ProblemCode, extras?: ProblemExtras): Problem {
  return new Problem(code, extras)
}

/** The RFC 9457 document of a problem in the reader's language. */
export function problemDocument(
  code: ProblemCode,
  extras: ProblemExtras,
  language: Language,
  instance?: string,
): Record<string, unknown> {
  const kind: ProblemKind = catalogue[code]
  return {
    type: `https://doorstep.example/problems/${code}`,
    code,
    status: kind.status,
    title: kind.title[language],
    action: kind.action[language],
    ...(instance ? { instance } : {}),
    ...extras,
  }
}
