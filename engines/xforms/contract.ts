// The types that the package promises: a change of one is a new version.
export type { Field, FieldKind, Fields } from './answers/fields.ts'
export type {
  AnswerProblem,
  Answers,
  Entry,
  ParsedInstance,
  ReadAnswers,
  SubmissionMeta,
  SubmissionProblem,
} from './answers/submission.ts'
export type { Clock, Validation } from './answers/validate.ts'
export type { Geopoint, Value } from './answers/values.ts'
export type {
  Bind,
  Choice,
  ChoiceList,
  EntityDeclaration,
  Form,
  FormProblem,
  FormProblemCode,
  FormRemark,
  Group,
  Item,
  Media,
  Placed,
  Question,
  Repeat,
  Text,
} from './model.ts'
export type { ReadSheet, Row, Sheet, Workbook } from './read/read.ts'
export type { BuildOptions } from './read/settings.ts'
export type { ListedForm, Md5, MediaFile } from './write/openrosa.ts'
