import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { dayIn } from '#door/day.ts'
import type { Fitted } from '#packs/fit/fit.ts'
import { example } from '../example.ts'
import { exits } from '../exit.ts'
import { tell } from '../tell.ts'

interface FitOptions {
  survey: string
  folds?: string
  write?: boolean
  from?: string
  dated: string
  json?: boolean
}

/** Fit a pack's points to a survey and, where asked, write them into its parameters. */
export function fitCommand(pack: Command): void {
  pack
    .command('fit')
    .description(
      'fit the points of a proxy means test to a survey, show how it aims in households left out of the fit, and write the points into the pack',
    )
    .argument('<folder>', 'folder of the pack, with survey.yaml')
    .requiredOption('--survey <csv>', "the survey's file, one row a person")
    .option('--folds <csv>', "follow somebody else's folds: the survey's household column and `fold`")
    .option('--write', 'write the points into rules/parameters.yaml')
    .option('--from <date>', "day from which they hold (default: the pack's day of reference)")
    .option('--dated <date>', 'day of the fit, told with its source', dayIn('UTC', new Date().toISOString()))
    .addHelpText('after', example('pack fit packs/costa-rica-pmt --survey train.csv --write'))
    .action(async (folder: string, _, command: Command) => {
      const { onInput } = await import('../input.ts')
      await onInput(fit(resolve(folder), command.optsWithGlobals<FitOptions>()))
    })
}

async function fit(folder: string, options: FitOptions): Promise<void> {
  const [{ surveyOf, readFolds }, { fitScore }, { writeValues }] = await Promise.all([
    import('#packs/fit/survey.ts'),
    import('#packs/fit/fit.ts'),
    import('#packs/fit/write.ts'),
  ])
  const { book, recipe, households } = await surveyOf(folder, options.survey)
  if (!recipe.fit) {
    const { problem } = await import('#door/problems.ts')
    throw problem('request_invalid', { detail: `${folder}/survey.yaml says nothing of a fit.` })
  }
  const folds = options.folds ? readFolds(await readFile(options.folds, 'utf8'), recipe) : undefined
  const fitted = fitScore(book, recipe.fit, households, folds)
  const { held_out_scores: _, ...told } = fitted
  if (options.json) tell(told, true)
  else show(fitted)
  if (fitted.judged_otherwise > 0) {
    console.error(
      `Whole points would judge ${fitted.judged_otherwise} households otherwise than the regression: set a larger scale in survey.yaml. Nothing was written.`,
    )
    process.exitCode = exits.found
    return
  }
  if (!options.write) return
  const places: Record<string, string> = {
    households: String(fitted.households),
    people: String(fitted.people),
    auc: (fitted.held_out.auc ?? Number.NaN).toFixed(3),
  }
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole)
  const file = join(folder, 'rules/parameters.yaml')
  const values = Object.fromEntries(fitted.coefficients.map(({ parameter, points }) => [parameter, points]))
  const source = {
    title: Object.fromEntries(Object.entries(recipe.fit.source).map(([language, text]) => [language, fill(text)])),
    date: options.dated,
    confidence: 'P' as const,
  }
  const from = options.from ?? book.pack.reference_date
  values[recipe.fit.cutoff] = fitted.cutoff.points
  await writeFile(file, writeValues(await readFile(file, 'utf8'), values, from, source))
  console.error(`${Object.keys(values).length} values in force from ${from} are in ${file}`)
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000)

function show(fitted: Fitted): void {
  console.table(
    Object.fromEntries(
      fitted.coefficients.map(({ parameter, points, estimate, se }) => [
        parameter,
        { points, estimate: rounded(estimate), se: rounded(se) },
      ]),
    ),
  )
  const numbers = ({ auc, exclusion_error, inclusion_error, cgh }: Omit<Fitted['folds'][number], 'fold'>) => ({
    auc: rounded(auc),
    exclusion_error: rounded(exclusion_error),
    inclusion_error: rounded(inclusion_error),
    cgh: rounded(cgh),
  })
  const { households, poverty_rate_of_households, held_out } = fitted
  const poor = Math.round(poverty_rate_of_households * households)
  console.table(
    Object.fromEntries([
      ...fitted.folds.map((fold) => [
        `fold ${fold.fold}`,
        { households: fold.households, poor: fold.poor, ...numbers(fold) },
      ]),
      ['together', { households, poor, ...numbers({ ...held_out, households, poor }) }],
    ]),
  )
  tell(
    {
      households,
      left_out: fitted.left_out,
      people: fitted.people,
      poverty_rate: rounded(fitted.poverty_rate),
      cutoff: fitted.cutoff.points,
      judged_otherwise: fitted.judged_otherwise,
    },
    false,
  )
}
