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
  | 'linkage_no_index'
  | 'linkage_work_in_use'
  | 'linkage_work_damaged'
  | 'linkage_crowded_household'
  | 'linkage_no_column'
  | 'linkage_no_record'
  | 'linkage_unreadable_file'
  | 'linkage_mixed_encodings'
  | 'linkage_unknown_encoding'
  | 'linkage_bad_frequencies'
  | 'linkage_blank_ids'
  | 'linkage_unreadable_values'
  | 'linkage_learnt_from_best_pairs'
  | 'linkage_no_pairs'
  | 'linkage_all_alike'
  | 'linkage_no_links'
  | 'linkage_fillers'
  | 'linkage_rounded_numbers'
  | 'linkage_whole_numbers'
  | 'linkage_same_list'

export type LinkageProblem = { code: LinkageProblemCode; message: string; detail: Record<string, unknown> }

/** What to do, where the message does not say it already. */
const ACTIONS: Partial<Record<LinkageProblemCode, string>> = {
  linkage_duplicate_ids: 'Give every record an id of its own, or name another id column.',
  linkage_missing_id: 'Give every record an id, or name another id column.',
  linkage_bad_model: 'The README of engines/linkage has the fields, model.schema.json the whole shape.',
  linkage_no_usable_rule: 'Write a blocking rule over columns that both sides fill.',
  linkage_bad_frequencies:
    'Write comparison, value, share in the header, and each value once; column too where a comparison has several.',
  linkage_no_column:
    'Say which column it is (doorstep link: --id, --household), or rename it (--rename-left 编号=id; --rename-right for the other list).',
  linkage_unreadable_file: 'Mend it there, or export the list anew as CSV or Parquet.',
  linkage_mixed_encodings: 'Open each part in its own encoding and save the whole as UTF-8.',
  linkage_unknown_encoding: 'Save it as UTF-8, or name the encoding (doorstep link: --encoding).',
  linkage_empty_side: 'Give a list with at least one record below its header.',
  linkage_too_many_pairs: 'Add a key to the widest rule, or allow more (max_pairs; doorstep link: --max-pairs).',
  linkage_work_in_use: 'Wait until that run has ended, or name another work folder (doorstep link: --work).',
  linkage_work_damaged: 'Run it again: the tables in the folder are made anew.',
  linkage_no_record: 'Take an id as it stands in the file, or leave --links out for a pair that was not linked.',
}

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

  get action(): string | undefined {
    return ACTIONS[this.code]
  }
}
