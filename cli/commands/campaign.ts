import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Client } from '#server/client.ts'
import { example } from '../example.ts'
import { unwrap, withClient, type Common } from '../open.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'

interface AreaOptions extends Common {
  area: string
}

/** Steps of the campaign that run over an area: match, assess, diagnose, plan, draw, export. */
export function campaignCommands(program: Command): void {
  run(program, 'match', 'link submissions and other registers to persons and households', (client, area_code) =>
    unwrap(client.api.match.run.$post({ json: { area_code } })),
  )
  run(program, 'assess', 'evaluate indicators and verdicts of every household', (client, area_code) =>
    unwrap(client.api.assess.run.$post({ json: { area_code } })),
  )
  run(program, 'diagnose', 'rank the causes of poverty of registered households', (client, area_code) =>
    unwrap(client.api.diagnose.run.$post({ json: { area_code } })),
  )

  program
    .command('plan')
    .description('prescribe measures to registered households, within budgets and capacities')
    .requiredOption('--area <code>', 'area code, county or below')
    .requiredOption('--year <year>', 'year of the plans', Number)
    .addHelpText('after', example('plan --area 360781107 --year 2015'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<AreaOptions & { year: number }>()
      const { area, year } = options
      await told(options, 'Planning', (client) =>
        unwrap(client.api.prescribe.run.$post({ json: { area_code: area, year } })),
      )
    })

  program
    .command('draw')
    .description('draw the households of an evaluation from its published seed')
    .requiredOption('--evaluation <id>', 'evaluation_id')
    .requiredOption('--seed <text>', 'the seed whose hash was published with the design')
    .addHelpText('after', example('--as <evaluator> draw --evaluation 4f7b… --seed "a sentence nobody could foresee"'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Common & { evaluation: string; seed: string }>()
      await told(options, 'Drawing', (client) =>
        unwrap(
          client.api.evaluate.evaluations[':evaluation_id'].draw.$post({
            param: { evaluation_id: options.evaluation },
            json: { seed: options.seed },
          }),
        ),
      )
    })

  program
    .command('export')
    .description('write a table of the campaign as CSV or JSON')
    .requiredOption('--area <code>', 'area code')
    .requiredOption('--kind <kind>', 'households, indicators, causes, plans, deliveries, alerts, exits')
    .option('--format <format>', 'csv or json', 'csv')
    .option('--out <file>', 'file to write (default: standard output)')
    .addHelpText('after', example('export --area 360781107 --kind households --out households.csv'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<AreaOptions & { kind: string; format: string; out?: string }>()
      await withClient(options, async (client) => {
        const response = await client.api.see.export.$get({
          query: { area_code: options.area, kind: options.kind, format: options.format },
        } as never)
        if (!response.ok) await unwrap(Promise.resolve(response))
        const text = await response.text()
        if (options.out) await writeFile(options.out, text)
        else process.stdout.write(text)
      })
    })
}

function run(
  program: Command,
  name: string,
  description: string,
  work: (client: Client, area_code: string) => Promise<unknown>,
): void {
  program
    .command(name)
    .description(description)
    .requiredOption('--area <code>', 'area code, county or below')
    .addHelpText('after', example(`${name} --area 360781107`))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<AreaOptions>()
      await told(options, name, (client) => work(client, options.area))
    })
}

async function told(options: Common, label: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const line = progressLine(options.json === true)
  line.say(`${label}…`)
  try {
    tell(await withClient(options, work), options.json)
  } finally {
    line.end()
  }
}
