import type { Outcome } from '#engines/rules/run/evaluate.ts'
import { completeRecord } from '../compile.ts'
import type { CompiledPack, Ready } from '../compile.ts'
import { parametersAt } from '../schema/rules.ts'
import type { Example, Pack, PackProblem } from '../schema/schema.ts'
import { textIn } from '../schema/schema.ts'

/** What one worked example says and what came out; `holds` when the two agree. */
export type Worked = {
  file: string
  code: string
  note: string
  expect: Example['expect']
  got: Example['expect']
  holds: boolean
}

const TRUTH = new Map<Example['expect'], boolean>([
  ['met', true],
  ['unmet', false],
])

function gotOf(outcome: Outcome, expect: Example['expect']): Example['expect'] {
  if (outcome.unknown || outcome.value === null) return 'unknown'
  if (typeof outcome.value === 'boolean' && typeof expect === 'string') return outcome.value ? 'met' : 'unmet'
  return outcome.value as boolean | number
}

/** What came out beside what was to come out: `met` and TRUE are one answer. */
export function compare(outcome: Outcome | undefined, expect: Example['expect']): Pick<Worked, 'got' | 'holds'> {
  const got = outcome ? gotOf(outcome, expect) : 'unknown'
  return { got, holds: (TRUTH.get(got) ?? got) === (TRUTH.get(expect) ?? expect) }
}

/** Works every example of the pack: record, derived fields, rule. The day is the example's own or the pack's. */
export function workExamples(pack: Pack, compiled: CompiledPack): Worked[] {
  const work = (file: string, code: string, ready: Ready | undefined, examples: Example[] | undefined): Worked[] =>
    (examples ?? []).map((example) => {
      const on = example.on ?? pack.reference_date
      const params = { ...parametersAt(pack, on).values, ...example.params }
      const record = completeRecord(compiled, example.record, params, on)
      const { expect } = example
      const result = compare(ready?.run(record, params, on), expect)
      return { file, code, note: textIn(example.note, pack.default_language), expect, ...result }
    })
  return [
    ...pack.derived.flatMap((each) =>
      work('derived', each.name, compiled.derived.find(({ name }) => name === each.name)?.ready, each.examples),
    ),
    ...pack.indicators.flatMap((each) =>
      work('indicators', each.code, compiled.indicators[each.code]?.met, each.examples),
    ),
    ...pack.vetoes.flatMap((each) => work('vetoes', each.code, compiled.vetoes[each.code], each.examples)),
  ]
}

/** The examples that come out otherwise than they say. */
export function checkExamples(pack: Pack, compiled: CompiledPack): PackProblem[] {
  return workExamples(pack, compiled)
    .filter((worked) => !worked.holds)
    .map(({ file, code, note, expect, got }) => ({
      code: 'pack_example_fails',
      file: `rules/${file}.yaml`,
      at: code,
      message: `"${note}" should give ${String(expect)}; the rule gives ${String(got)}.`,
      hint: 'Either the rule or the example is wrong: look at both.',
    }))
}
