import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Compared } from '#packs/fit/compare-standards.ts'
import type { Aim } from '#packs/fit/measure.ts'
import { example } from '../example.ts'
import { tell } from '../tell.ts'

interface MeasureOptions {
  survey: string
  json?: boolean
}

/** Packs' standards beside a survey's own. */
export function measureCommand(pack: Command): void {
  pack
    .command('measure')
    .description("judge a survey's households by each pack and compare with whom the survey itself calls poor")
    .argument('<folders...>', 'folders of packs, each with survey.yaml')
    .requiredOption('--survey <csv>', "the survey's file, one row a person")
    .addHelpText('after', example('pack measure packs/costa-rica-2014 packs/costa-rica-pmt --survey train.csv'))
    .action(async (folders: string[], _, command: Command) => {
      const options = command.optsWithGlobals<MeasureOptions>()
      const { compareStandards } = await import('#packs/fit/compare-standards.ts')
      const { onInput } = await import('../input.ts')
      const compared = await onInput(
        compareStandards(
          folders.map((folder) => resolve(folder)),
          options.survey,
          (text) => options.json || console.error(text),
        ),
      )
      if (options.json) tell(compared, true)
      else show(compared)
    })
}

const percent = (value: number) => `${(value * 100).toFixed(1)} %`
const plain = (value: number) => value.toFixed(2)
const IS_INDEX = new Set(['cgh', 'targeting_differential'])

function told(aim: Aim): Record<string, string> {
  return Object.fromEntries(
    Object.entries(aim).map(([name, between]) => {
      const say = IS_INDEX.has(name) ? plain : percent
      if (between === null) return [name, 'none']
      return [name, `${say(between.estimate)} (${say(between.lower)} to ${say(between.upper)})`]
    }),
  )
}

function show({ standards, held_out, pairs }: Compared): void {
  for (const { pack, households, people, verdicts, aim, aim_of_households, auc, by_class, deprivation } of standards) {
    console.log(`\n${pack.id} ${pack.version}: ${households} households, ${people} people; 95 % intervals`)
    tell({ ...verdicts, auc: auc?.toFixed(3) }, false)
    console.table(turned({ people: told(aim), households: told(aim_of_households) }))
    console.table(by_class)
    if (!deprivation) continue
    const { of_households, of_people, judged_otherwise, scored_otherwise } = deprivation
    const short = ({ H, A, M0, left_out, H_bounds }: typeof of_households) => ({
      H: percent(H),
      A: percent(A),
      M0: percent(M0),
      left_out: percent(left_out),
      H_at_least: percent(H_bounds.lower),
      H_at_most: percent(H_bounds.upper),
    })
    console.table({ households: short(of_households), people: short(of_people) })
    tell({ judged_otherwise, scored_otherwise }, false)
  }
  for (const { pack, households, auc, at_poverty_rate, at_reach_of } of held_out) {
    console.log(`\n${pack}, each household by a fit that had not seen it: ${households} households, people counted`)
    tell({ auc: auc?.toFixed(3) }, false)
    const columns: Record<string, Record<string, string>> = { 'as many as are poor': told(at_poverty_rate) }
    for (const reach of at_reach_of) {
      columns[`as many as ${reach.pack}`] = told(reach.held_out)
      columns[`${reach.pack} itself`] = told(reach.its_own)
    }
    console.table(turned(columns))
  }
  for (const { packs, cells } of pairs) {
    console.log(`\nFirst ${packs[0]}, second ${packs[1]}`)
    console.table(cells)
  }
}

/** Columns of figures as rows named by figure: intervals side by side fit the width of a terminal. */
function turned(columns: Record<string, Record<string, string>>): Record<string, Record<string, string>> {
  const names = Object.keys(Object.values(columns)[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(Object.entries(columns).map(([column, own]) => [column, own[name] ?? ''])),
    ]),
  )
}
