// Figures in a text, each between marks that a reader of the rendered page does not see:
//   <!--=poor_true-->2,312<!--/-->   <!--=precision share-->0.936<!--/-->   <!--=recall percent-->95.3 %<!--/-->
// The name is a field of the report, the word after it how it is written.

const mark = /<!--=(\w+)(?: (percent|share))?-->(.*?)<!--\/-->/g

export interface ChangedFigure {
  name: string
  said: string
  is: string
}

/** The text with every marked figure as the report has it, and those that were different. Throws on an unknown name. */
export function fillFigures(
  text: string,
  report: Readonly<Record<string, unknown>>,
): { text: string; changed: ChangedFigure[] } {
  const changed: ChangedFigure[] = []
  const filled = text.replaceAll(mark, (whole, name: string, how: string | undefined, said: string) => {
    const value = report[name]
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`the report has no figure ${name}`)
    const is = written(value, how)
    if (is !== said) changed.push({ name, said, is })
    return whole.replace(`-->${said}<!--`, `-->${is}<!--`)
  })
  return { text: filled, changed }
}

function written(value: number, how: string | undefined): string {
  if (how === 'percent') return `${(100 * value).toFixed(1)} %`
  if (how === 'share') return value.toFixed(3)
  return value.toLocaleString('en')
}
