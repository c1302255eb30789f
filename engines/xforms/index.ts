// What the package gives: forms read and written, submissions read, checked and written. Types are in contract.ts.
export type * from './contract.ts'
export { fieldProblems, fieldsOf } from './answers/fields.ts'
export { answersOf, parseSubmission, toSubmissionXml } from './answers/submission.ts'
export { validateSubmission } from './answers/validate.ts'
export { buildForm } from './form.ts'
export { placedItems, textIn } from './model.ts'
export { formWorkbook, readMarkdown } from './read/read.ts'
export { attachmentsOf } from './write/attachments.ts'
export {
  ACCEPT_CONTENT_LENGTH,
  formListXml,
  integrityXml,
  manifestXml,
  OPENROSA_HEADERS,
  openRosaHash,
  openRosaResponse,
} from './write/openrosa.ts'
export { toXForm } from './write/xform.ts'
