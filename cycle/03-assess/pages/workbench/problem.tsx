import { State } from '#ui/state/state.tsx'
import { useWords } from '#ui/words.tsx'

const KNOWN =
  /^(?:rule_(?:syntax|unknown_field|unknown_parameter|unknown_choice|type|unit|not_in_profile|maybe_zero_division|out_of_range|never_true|never_false|clause_implied|both_true|never_together)|pack_(?:missing_file|bad_file|bad_shape|bad_form|missing_word|duplicate_code|unknown_reference|parameter_gap|bad_area|bad_rule|example_fails))$/

/** One problem of a rule or a draft: its kind in the reader's language, where it lies, what the check says, what helps. */
export function ProblemLine(props: { code: string; place?: string; message: string; hint?: string | undefined }) {
  const t = useWords()
  return (
    <div className="w-problem">
      <State state="unmet" word={t(`assess:bench.problem.${KNOWN.test(props.code) ? props.code : 'other'}`)} />
      {props.place && <code>{props.place}</code>}
      <span lang="en">{props.message}</span>
      {props.hint && (
        <span className="d-says" lang="en">
          {props.hint}
        </span>
      )}
    </div>
  )
}
