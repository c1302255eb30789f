// The types that the package promises: a change of one is a new version. A model is plain JSON (model/model.schema.json).
export type { BatchOptions, BatchResult, IndexOptions } from './batch.ts'
export type { Band, Doubt, Link } from './choose/bands.ts'
export type { HouseholdLink } from './choose/households.ts'
export type { LinkageProblem, LinkageProblemCode } from './errors.ts'
export type { Evaluation, TruthPair, WeighedPair } from './evaluate.ts'
export type { Bar, Waterfall } from './explain.ts'
export type { TermFrequencies } from './learn/bits.ts'
export type { LevelTraining, TrainMode, Training } from './learn/train.ts'
export type { LinkInput, LinkOptions, LinkResult, RecordRow, Relation } from './link.ts'
export type {
  Comparison,
  ComparisonKind,
  HouseholdSettings,
  Level,
  LevelReference,
  LevelTest,
  LinkageModel,
  Thresholds,
} from './model/model.ts'
export type { NationalIdCheck, NationalIdProblem } from './model/national-id.ts'
export type { ChinesePersonColumns } from './models/chinese-person.ts'
export type { LatinPersonColumns } from './models/latin-person.ts'
export type { FrequencyRow, LevelRow, PostgresInput } from './postgres/levels.ts'
export type { ScoredPair } from './score.ts'
export type { SessionOptions, Step } from './session/session.ts'
export type { TableOptions, TablesResult } from './tables.ts'
