// npm run fit:causes: fits how the computed causes and the surveyor's word are joined, on synthetic townships whose truth is
// known, and prints what the pack declares (`joined` in rules/causes.yaml).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { choiceProbabilities, conditionalLogit } from '#engines/statistics/fit/choice.ts'
import { causeOptions, FEATURES } from '#packs/fit/join-causes.ts'
import { loadPack } from '#packs/load.ts'
import { judgedCauses } from '../country/causes.ts'
import { generate } from '../country/generate.ts'

const { values } = parseArgs({
  options: {
    households: { type: 'string', default: '17000' },
    seeds: { type: 'string', default: '11,12,13' },
    right: { type: 'string', default: '96.5' },
  },
})
const { pack, problems } = await loadPack(fileURLToPath(new URL('../../packs/china-2014', import.meta.url)))
if (!pack) throw new Error(problems.map((each) => each.message).join('\n'))
const may_be_main = new Set(pack.causes.filter((each) => each.main).map((each) => each.code))

const cases: { columns: number[][]; codes: string[]; truth: string }[] = []
for (const seed of values.seeds.split(',').map(Number)) {
  const out_dir = await mkdtemp(join(tmpdir(), 'doorstep-fit-'))
  try {
    await generate({ households: Number(values.households), seed, out_dir })
    for await (const { truth, ranking, word } of judgedCauses(out_dir, pack)) {
      const options = causeOptions(ranking, word, may_be_main)
      // The first cause is what the others are held against.
      // None of them: a cause that nothing speaks for. No cause has a weight of its own: that would be this country's habits.
      const columns = [...options.map((each) => [...each.columns, 0]), [...FEATURES.map(() => 0), 1]]
      cases.push({ columns, codes: options.map((each) => each.code), truth })
    }
  } finally {
    await rm(out_dir, { recursive: true, force: true })
  }
}
const takenOf = (each: (typeof cases)[number]) => {
  const at = each.codes.indexOf(each.truth)
  return at < 0 ? each.codes.length : at
}
const fitted = cases.filter((each) => each.codes.length > 0)
// One squared weight costs a tenth of a case: a cause seen a few times gets no great weight.
const fit = conditionalLogit(
  fitted.map((each) => ({ alternatives: each.columns, taken: takenOf(each) })),
  0.1,
)
const judged = cases
  .filter((each) => each.codes.length > 0)
  .map((each) => {
    const chances = choiceProbabilities(fit.coefficients, each.columns).slice(0, -1)
    const chance = Math.max(...chances)
    return { chance, right: each.codes[chances.indexOf(chance)] === each.truth }
  })
  .toSorted((a, b) => b.chance - a.chance)
// The lowest mark from which on so many are right.
let right = 0
let sure_at = 1
for (const [i, each] of judged.entries()) {
  right += Number(each.right)
  if (i >= 100 && right / (i + 1) >= Number(values.right) / 100) sure_at = each.chance
}
const round = (value: number) => Math.round(value * 1000) / 1000
const sure = judged.filter((each) => each.chance >= sure_at)
console.log(`# ${fitted.length} of ${cases.length} truly poor households fitted, seeds ${values.seeds}`)
console.log(
  `# right ${((judged.filter((each) => each.right).length / cases.length) * 100).toFixed(1)} %; sure of ${((sure.length / cases.length) * 100).toFixed(1)} %, of these right ${((sure.filter((each) => each.right).length / sure.length) * 100).toFixed(1)} %`,
)
console.log('joined:\n  weights:')
for (const [j, name] of FEATURES.entries()) console.log(`    ${name}: ${round(fit.coefficients[j] ?? 0)}`)
console.log(`  another: ${round(fit.coefficients.at(-1) ?? 0)}`)
console.log(`  sure_at: ${Math.ceil(sure_at * 1000) / 1000}`)
