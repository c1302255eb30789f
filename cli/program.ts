import { Command } from 'commander'
import { example } from './example.ts'
import { accountCommands } from './commands/account.ts'
import { campaignCommands } from './commands/campaign.ts'
import { dataCommands } from './commands/data.ts'
import { importCommands } from './commands/import.ts'
import { linkCommands } from './commands/link.ts'
import { packCommands } from './commands/pack.ts'
import { registryCommands } from './commands/registry.ts'
import { syntheticCommands } from './commands/synthetic.ts'
import { whatIfCommands } from './commands/what-if.ts'
import product from '../package.json' with { type: 'json' }

/** The whole command line. Every command says in its help how it is typed. */
export function makeProgram(): Command {
  const program = new Command('doorstep')
    .description(
      'Finds every poor household, works out why it is poor, prescribes the right help, and proves that it worked.',
    )
    .version(product.version)
    .option('--json', 'print one JSON object, for machines')
    .option('--data <folder>', 'data folder (default: DOORSTEP_DATA or .doorstep)')
    .option('--server <url>', 'talk to a running server instead of the data folder')
    .option('--token <token>', 'session token for --server (default: DOORSTEP_TOKEN)')
    .option('--as <login>', 'account to act as on the data folder (default: the first county officer)')
    .showHelpAfterError()
    .addHelpText(
      'after',
      example(
        'serve',
        'import households.csv --kind submissions --area 360781107',
        'assess --area 360781107',
        'link --left register.parquet --right visits.csv --model chinese_person --out links.parquet',
      ),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 done and something was found, 64 usage, 65 bad input, 69 not available, 70 internal, 77 not permitted.',
    )
    .exitOverride()

  program
    .command('serve')
    .description('start the server (PORT, DOORSTEP_HOST, DOORSTEP_DATA, DATABASE_URL choose where)')
    .addHelpText('after', example('serve', '--data ./township serve'))
    .action(async (_, command: Command) => {
      const { data } = command.optsWithGlobals<{ data?: string }>()
      if (data) process.env.DOORSTEP_DATA = data
      const { serve } = await import('#server/main.ts')
      await serve()
    })

  for (const add of [
    syntheticCommands,
    importCommands,
    campaignCommands,
    linkCommands,
    whatIfCommands,
    packCommands,
    accountCommands,
    registryCommands,
    dataCommands,
  ])
    add(program)
  return program
}
