// Parameters that are worked out from the households of an area: what is declared must be possible to work out.
import type { AreaStatistic } from '#engines/rules/area-statistics.ts'
import type { CompiledPack } from '../compile.ts'
import type { Computed, Pack, PackProblem, Parameter } from '../schema/schema.ts'

/** The declaration as the engine takes it. */
export function statisticOf({ code, type, computed }: Parameter & { computed: Computed }): AreaStatistic {
  const { of, statistic, percent = 0, places = 0, least } = computed
  const base = { name: code, of, kind: type, least }
  if (statistic === 'percentile') return { ...base, statistic, percent }
  if (statistic === 'quota') return { ...base, statistic, places }
  return { ...base, statistic }
}

/** Parameters of a pack that are computed. */
export const computedOf = (pack: Pack): (Parameter & { computed: Computed })[] =>
  pack.parameters.flatMap((parameter) => {
    const { computed } = parameter
    return computed === undefined ? [] : [{ ...parameter, computed }]
  })

export function checkComputed(pack: Pack, compiled: CompiledPack): PackProblem[] {
  const problems: PackProblem[] = []
  const computed = computedOf(pack)
  const circular = new Set(computed.map((each) => each.code))
  for (const { code, type, computed: how, values } of computed) {
    const report = (message: string, hint: string) =>
      problems.push({ code: 'pack_bad_computed', file: 'rules/parameters.yaml', at: `${code}.computed`, message, hint })
    const field = compiled.schema.household[how.of]
    if (!field) report(`The card and the derived fields have no ${how.of}.`, 'Name a number that every household has.')
    else if (field.type !== type)
      report(`${how.of} is of type ${field.type}, the parameter of type ${type}.`, 'Give both the same type.')
    else {
      const read = readBy(compiled, how.of).filter((name) => circular.has(name))
      if (read.length > 0)
        report(
          `${how.of} reads ${read.join(', ')}, which is computed itself.`,
          'Compute from something that no computed figure decides.',
        )
    }
    if ((how.statistic === 'percentile') !== (how.percent !== undefined))
      report(
        'A percentile has a percent, and nothing else has.',
        'Say percent for a percentile, and leave it out else.',
      )
    if (how.percent !== undefined && !Number.isInteger(Math.round(how.percent * 1e6) / 1e4))
      report('A percent has at most two decimals.', 'Round it.')
    if ((how.statistic === 'quota') !== (how.places !== undefined))
      report('A quota has places, and nothing else has.', 'Say places for a quota, and leave them out else.')
    const level = pack.levels.find((each) => each.level === how.level)
    if (!level)
      report(`The pack has no level ${how.level}.`, `Levels: ${pack.levels.map((each) => each.level).join(', ')}.`)
    const elsewhere = values.filter(({ area }) => level && area !== undefined && area.length !== level.code_length)
    if (elsewhere.length > 0)
      report(
        `The value of ${elsewhere[0]?.area} is of no area of the level ${how.level}.`,
        'Give values of that level, or one without an area for everywhere.',
      )
  }
  return problems
}

/** Parameters that a field rests on: of a derived one, those of its rule and of the derived ones before it. */
function readBy(compiled: CompiledPack, name: string): string[] {
  const found = compiled.derived.find((each) => each.name === name)
  if (!found) return []
  const { rule } = found.ready
  const below = rule.fields.filter((field) => field !== name && compiled.derived.some((each) => each.name === field))
  return [...new Set([...rule.parameters, ...below.flatMap((field) => readBy(compiled, field))])]
}
