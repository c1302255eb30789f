import { existsSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { example } from '../example.ts'
import type { DraftOptions } from '../link/draft/draft.ts'
import type { EvaluateOptions } from '../link/evaluate.ts'
import type { ExplainOptions } from '../link/explain.ts'
import type { LinkCommandOptions, TrainOptions } from '../link/run.ts'

/** The linkage engine by itself: files in, files out; no server, no registry, no account. */
export function linkCommands(program: Command): void {
  // `link` takes the options of its subcommands that it knows itself: they read them with optsWithGlobals.
  const link = records(
    program
      .command('link')
      .description(
        'record linkage on files, without server or registry: who in one list is who in another, or (one list) which records are the same',
      ),
  )
  running(link)
    .option('--out <file>', 'links, Parquet or CSV: left_id, right_id, match_weight, match_probability, band, …')
    .option('--one-to-one', 'each record at most once')
    .option('--households', 'one to one, helped by the household each record belongs to')
    .option('--households-out <file>', 'households joined by accepted links: same, moved, split, merge, …')
    .option('--clusters <file>', 'one list: the cluster_id of every record')
    .option('--model-out <file>', 'the model as learnt in this run, with which `link explain` repeats its weights')
    .option('--least-weight <bits>', 'write rejected pairs too, from so many bits up', number)
    .addHelpText(
      'after',
      `${example(
        'link --left register.parquet --right visits.csv --model model.json --out links.parquet --one-to-one',
        'link --left patients.csv --model latin_person --rename-left first=given_name,last=surname --out links.csv --clusters clusters.csv',
        'link --left a.parquet --right b.parquet --model chinese_person --households --memory-limit 4GB --temp /scratch --out links.parquet',
      )}\n\nOne list alone is deduplicated: its links have a cluster_id. Problems and progress are told on standard error; --json prints one object.\nWithout a model yet: link draft, then link train, link, link explain, link evaluate. A worked example: engines/linkage/README.md`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<LinkCommandOptions>()
      need(command, options, ['left', 'model', 'out'])
      if (!options.right && (options.oneToOne || options.households || options.householdsOut)) {
        command.error('error: --one-to-one and --households need two lists: give --right too')
      }
      if (options.right && options.clusters) command.error('error: --clusters is for one list: leave --right out')
      for (const path of [options.out, options.clusters, options.householdsOut, options.frequenciesOut]) {
        if (path && !/\.(parquet|csv)$/i.test(path)) command.error(`error: ${path} must end in .parquet or .csv`)
      }
      const { linkCommand } = await import('../link/run.ts')
      await linkCommand(options)
    })

  running(
    records(
      link
        .command('train')
        .description('learn m, u and the prior of a model from the records, without labels, and write the model'),
    ),
  )
    .option('--out <file>', 'the learnt model, JSON')
    .option(
      '--rules <numbers>',
      'learn by these of its blocking rules alone, as 1,2 (those that families do not meet); the model keeps all',
      (list: string) => list.split(',').map(count),
    )
    .addHelpText('after', example('link train --left a.csv --right b.csv --model latin_person --out learnt.json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<TrainOptions>()
      need(command, options, ['left', 'model', 'out'])
      const { trainCommand } = await import('../link/run.ts')
      await trainCommand(options)
    })

  records(
    link
      .command('explain')
      .description('the evidence for one pair, bit by bit, under the model as it stands (not trained)'),
  )
    .option(
      '--links <file>',
      'what `link --out` wrote: the pair as that run weighed it, household support and band with it',
    )
    .option('--households', 'without --links: with what the household adds, as `link --households` weighs it')
    .option('--left-id <id>', 'a record of the left file')
    .option('--right-id <id>', 'a record of the right file, or of the left one where it is alone')
    .addHelpText(
      'after',
      example(
        'link explain --left a.csv --right b.csv --model learnt.json --left-id 17 --right-id B4',
        'link explain --left a.csv --right b.csv --model learnt.json --links links.parquet --left-id 17 --right-id B4',
      ),
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ExplainOptions>()
      need(command, options, ['left', 'model', 'leftId', 'rightId'])
      if (options.households && !options.right) command.error('error: --households needs two lists: give --right too')
      const { explainCommand } = await import('../link/explain.ts')
      await explainCommand(options)
    })

  records(
    link
      .command('draft')
      .description(
        'a first model of lists nobody has described: kinds of comparison by the values, rules by their pairs',
      ),
    false,
  )
    .option('--out <file>', 'the drafted model, JSON; a file that is there is not written over')
    .addHelpText('after', example('link draft --left a.csv --right b.csv --out model.json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<DraftOptions>()
      need(command, options, ['left', 'out'])
      // what somebody has worked on is not written over
      if (existsSync(options.out))
        command.error(`error: ${options.out} is there already: name another file, or remove it`)
      const { draftCommand } = await import('../link/draft/draft.ts')
      await draftCommand(options)
    })

  link
    .command('evaluate')
    .description('precision, recall and F1 of links against true pairs, by threshold and by band')
    .requiredOption('--links <file>', 'what `link --out` wrote')
    .requiredOption(
      '--truth <file>',
      'true pairs: left_id, right_id; with a column is_match (1, 0) pairs that people judged, and no others count',
    )
    .option('--dedupe', 'both ids are of one list (default: the links have a cluster_id)')
    .option('--thresholds <bits>', 'as 0,5,10 (default: -10 to 30 by 2)', numbers)
    .option('--encoding <label>', 'of the CSV files (default: found from their bytes)', encoding)
    .addHelpText('after', example('link evaluate --links links.parquet --truth pairs.csv --thresholds 0,5,10'))
    .action(async (_, command: Command) => {
      const { evaluateCommand } = await import('../link/evaluate.ts')
      await evaluateCommand(command.optsWithGlobals<EvaluateOptions>())
    })

  link
    .command('model')
    .description('print a ready model to start one of your own from, or the JSON schema of all models')
    .argument('[name]', 'chinese_person or latin_person')
    .option('--schema', 'the JSON schema (2020-12)')
    .addHelpText('after', example('link model latin_person > model.json', 'link model --schema > model.schema.json'))
    .action(async (name: string | undefined, options: { schema?: boolean }, command: Command) => {
      const { BUILT_IN, builtIn } = await import('../link/models.ts')
      const known = BUILT_IN.find((each) => each === name)
      if (!options.schema && !known) command.error(`error: name one of ${BUILT_IN.join(', ')}, or --schema`)
      const { modelJsonSchema } = await import('#engines/linkage/model/schema.ts')
      console.log(JSON.stringify(known ? builtIn(known) : modelJsonSchema(), null, 2))
    })
}

/** Files, their columns and the machine: what every command that reads records takes; without `model` what a draft takes. */
function records(command: Command, model = true): Command {
  command
    .option('--left <file>', 'Parquet, or CSV in UTF-8 or GB18030')
    .option('--right <file>', 'the other list; without it the left one is deduplicated')
  if (model) {
    command.option(
      '--model <name-or-file>',
      'chinese_person, latin_person, or a JSON file: `link draft` makes a first one, engines/linkage/README.md says the rest',
    )
  }
  command
    .option('--id <column>', 'column of the record ids', 'record_id')
    .option('--household <column>', 'column of the household ids', 'household_id')
    .option(
      '--rename-left <list>',
      "columns of the left file under the model's names: file_column=model_column,…",
      pairs,
    )
    .option('--rename-right <list>', 'the same for the right file', pairs)
  if (model) {
    command
      .addOption(
        new Option(
          '--dates <order>',
          'how dates are written that do not begin with the year: 31/12/1980 or 12/31/1980',
        ).choices(['dmy', 'mdy']),
      )
      .option(
        '--plain <columns>',
        "read these of the model's columns without accents and marks, Arabic letters that stand for each other as one, eastern digits as 0-9",
        columns,
      )
      .option(
        '--frequencies <file>',
        'shares of values in a wider population: comparison, value, share (column too, of kind tests)',
      )
  }
  return command
    .option(
      '--keep-fillers <columns>',
      'in these columns None, nan, NULL, n/a, -, 000000000 and the like are values (default: missing, told with their number)',
      columns,
    )
    .option('--encoding <label>', 'of the CSV files (default: found from their bytes)', encoding)
    .option('--threads <n>', 'threads of DuckDB (default: all cores)', count)
    .option('--memory-limit <size>', 'of DuckDB, as 4GB (default: 80 % of memory)', size)
    .option(
      '--temp <folder>',
      "where what does not fit the memory limit goes (default: the system's folder for temporary files)",
    )
}

function running(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--train <what>',
        'all: m, u and prior; prior: that alone; none (default: by the number of records)',
      ).choices(['all', 'prior', 'none']),
    )
    .option(
      '--max-pairs <n>',
      'refuse rules that would compare more pairs, with their number (default: 50,000,000)',
      count,
    )
    .option(
      '--work <folder>',
      'keep finished steps here: a run that was killed goes on from them when it is typed again',
    )
    .option('--sql-out <file>', 'the SQL of every table of the run, in order, with its rows and time')
    .option('--frequencies-out <file>', 'the shares of values of this run, for --frequencies of another')
    .option(
      '--progress',
      'a line on standard error for every table, also where that is no terminal: share of the time gone, what is done, time left',
    )
}

const flag = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Not commander's requiredOption: `link` would ask it of its subcommands too. */
function need<T extends object>(command: Command, options: T, names: (keyof T & string)[]): void {
  const missing = names.filter((name) => options[name] === undefined).map(flag)
  if (missing.length > 0) command.error(`error: needed: ${missing.join(', ')}`)
}

function pairs(list: string): Record<string, string> {
  const named = list.split(',').map((each) => each.split('=').map((part) => part.trim()))
  if (named.some((each) => each.length !== 2 || each.includes(''))) {
    throw new InvalidArgumentError('Write file_column=model_column,file_column=model_column.')
  }
  return Object.fromEntries(named as [string, string][])
}

function columns(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('Write column,column.')
  return names
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(`${text} is no number.`)
  return value
}

const numbers = (text: string): number[] => text.split(',').map(number)

function count(text: string): number {
  const value = number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`${text} is no whole number above 0.`)
  return value
}

function size(text: string): string {
  if (!/^\d+(\.\d+)?\s*([KMGT]i?B)$/i.test(text)) throw new InvalidArgumentError(`${text} is no size: write 4GB.`)
  return text
}

function encoding(label: string): string {
  try {
    return new TextDecoder(label).encoding
  } catch {
    throw new InvalidArgumentError(`${label} is no known encoding: utf-8, gb18030, big5, windows-1252, utf-16le…`)
  }
}
