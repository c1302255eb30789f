// The tables of the campaign, one file a room; which room writes which table is told in cycle/cycle.ts.
import type { SurveyTables } from './tables/survey.ts'
import type { MatchTables } from './tables/match.ts'
import type { AssessTables } from './tables/assess.ts'
import type { AppraiseTables } from './tables/appraise.ts'
import type { RegisterTables } from './tables/register.ts'
import type { DiagnoseTables } from './tables/diagnose.ts'
import type { PrescribeTables } from './tables/prescribe.ts'
import type { DeliverTables } from './tables/deliver.ts'
import type { MonitorTables } from './tables/monitor.ts'
import type { ExitTables } from './tables/exit.ts'
import type { EvaluateTables } from './tables/evaluate.ts'
import type { NowViews } from './tables/now.ts'
import type { SeeViews } from './tables/see.ts'

export interface RoomTables
  extends
    SurveyTables,
    MatchTables,
    AssessTables,
    AppraiseTables,
    RegisterTables,
    DiagnoseTables,
    PrescribeTables,
    DeliverTables,
    MonitorTables,
    ExitTables,
    EvaluateTables,
    NowViews,
    SeeViews {}
