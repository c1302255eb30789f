// The rules behind a pack_hash, as text with their dated figures: enough to tell later what an assessment was made by.
import type { Pack, Text } from '#packs/schema/schema.ts'

export interface KeptFigure {
  from: string
  to?: string | undefined
  area?: string | undefined
  value: number
  source: Text
}

export interface KeptRules {
  version: string
  /** Code -> CEL. */
  indicators: Record<string, string>
  vetoes: Record<string, string>
  verdicts: Record<string, string>
  derived: Record<string, string>
  parameters: Record<string, KeptFigure[]>
}

/** What is kept of a pack: a few kilobytes, the same for the same rules. */
export function rulesOf(pack: Pack): KeptRules {
  const byCode = <Entry extends { code: string }>(list: readonly Entry[], rule: (entry: Entry) => string) =>
    Object.fromEntries(list.map((entry) => [entry.code, rule(entry)]))
  return {
    version: pack.version,
    indicators: byCode(pack.indicators, (each) => each.met),
    vetoes: byCode(pack.vetoes, (each) => each.rule),
    verdicts: byCode(pack.verdicts, (each) => each.rule),
    derived: Object.fromEntries(pack.derived.map((each) => [each.name, each.rule])),
    parameters: Object.fromEntries(
      pack.parameters.map(({ code, values }) => [
        code,
        values.map(({ from, to, area, value, source }) => ({ from, to, area, value, source: source.title })),
      ]),
    ),
  }
}

/** The figure in force on a date for an area: the longest area prefix wins, then the latest beginning. */
export function figureAt(rules: KeptRules, code: string, date: string, area_code: string): KeptFigure | null {
  const found = (rules.parameters[code] ?? [])
    .filter((each) => each.from <= date && (each.to === undefined || date <= each.to))
    .filter((each) => area_code.startsWith(each.area ?? ''))
    .sort((a, b) => (b.area ?? '').length - (a.area ?? '').length || (a.from < b.from ? 1 : -1))
  return found[0] ?? null
}
