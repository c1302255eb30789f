// What the workbench's screens are given of a draft: what its rules may read, and an example's answer in sentences.
import { isRefused } from '#engines/rules/check/check.ts'
import { completeRecord } from '#packs/compile.ts'
import { explainWords, type Said } from '#packs/explain/explain.ts'
import { cardFields } from '#packs/forms.ts'
import { rulesHash } from '#packs/overlay.ts'
import { fieldText } from '#packs/explain/reasons.ts'
import { ruleSchemaOf } from '#packs/schema/rules.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import type { Example, Pack } from '#packs/schema/schema.ts'
import type { Draft } from './store.ts'
import { checkDraft, draftTexts } from './drafts.ts'
import { checkAt, type Spot } from './in-browser.ts'

/** The pack as a draft has it; what is in force where its files cannot be read as a pack. */
function packOfDraft(in_force: Pack, draft: Draft): Pack {
  const texts = draftTexts(draft.parent_files, draft.files)
  return checkDraft(in_force, texts, rulesHash(texts)).pack ?? in_force
}

/** Everything the browser needs to check a rule and work its examples by itself. */
export function benchOf(in_force: Pack, draft: Draft) {
  const pack = packOfDraft(in_force, draft)
  const fields = cardFields(pack)
  const wording = { pack, fields }
  const schema = ruleSchemaOf(pack, fields)
  const labelled = (list: string | null, names: string[]) =>
    names.map((name) => ({ name, list, label: fieldText(name, list, wording) }))
  return {
    reference_date: pack.reference_date,
    default_language: pack.default_language,
    languages: pack.languages,
    currency: pack.currency,
    schema,
    indicators: pack.indicators.map((each) => each.code),
    derived: pack.derived.map(({ name, type, rule }) => ({ name, type, rule })),
    parameters: pack.parameters.map(({ code, type, unit, values }) => ({
      code,
      type,
      unit,
      values: values.map(({ from, to, area, value }) => ({
        from,
        value,
        ...(to === undefined ? {} : { to }),
        ...(area === undefined ? {} : { area }),
      })),
    })),
    labels: [
      ...labelled(null, Object.keys(schema.household)),
      ...Object.entries(schema.lists).flatMap(([list, own]) => labelled(list, Object.keys(own))),
      ...pack.parameters.map((each) => ({ name: each.code, list: 'params', label: each.label })),
    ],
  }
}

/** Why a rule being written gives what it gives for an example, in sentences; null where it cannot be worked out. */
export function sayExample(
  in_force: Pack,
  draft: Draft,
  asked: { spot: Spot; rule: string; example: Pick<Example, 'record' | 'params' | 'on'> },
): Said | null {
  const bench = benchOf(in_force, draft)
  const rule = checkAt(bench, asked.spot, asked.rule)
  if (isRefused(rule)) return null
  const texts = draftTexts(draft.parent_files, draft.files)
  const { pack, problems } = checkDraft(in_force, texts, rulesHash(texts))
  // Another rule of the draft may be half written: sentences are then made by the rules in force.
  const book = rulebookOf(pack && problems.every((each) => each.code !== 'pack_bad_rule') ? pack : in_force)
  const { record, params, on = book.pack.reference_date } = asked.example
  const stand = standAt(book, on, '')
  const at = { ...stand, params: { ...stand.params, ...params } }
  const whole = completeRecord(book.compiled, record, at.params, on)
  return explainWords(book, rule, whole, at)
}
