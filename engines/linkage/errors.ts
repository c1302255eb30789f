/** Stable codes of what this engine refuses or warns of; `detail` holds the numbers a reader needs to mend it. */
export type LinkageProblemCode =
  | 'linkage_bad_model'
  | 'linkage_missing_id'
  | 'linkage_duplicate_ids'
  | 'linkage_empty_side'
  | 'linkage_empty_column'
  | 'linkage_missing_column'
  | 'linkage_no_usable_rule'
  | 'linkage_too_many_pairs'
  | 'linkage_no_column'
  | 'linkage_no_record'
  | 'linkage_unreadable_file'
  | 'linkage_mixed_encodings'
  | 'linkage_unknown_encoding'

export type LinkageProblem = { code: LinkageProblemCode; message: string; detail: Record<string, unknown> }

/** Thrown when a run cannot give a right answer. Warnings travel as plain `LinkageProblem` in the result instead. */
export class LinkageError extends Error implements LinkageProblem {
  readonly code: LinkageProblemCode
  readonly detail: Record<string, unknown>

  constructor(code: LinkageProblemCode, message: string, detail: Record<string, unknown> = {}) {
    super(message)
    this.name = 'LinkageError'
    this.code = code
    this.detail = detail
  }
}
