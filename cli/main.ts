import { Command, CommanderError } from 'commander'
import { exits, tellError } from './exit.ts'
import { campaignCommands } from './commands/campaign.ts'
import { importCommands } from './commands/import.ts'
import { packCommands } from './commands/pack.ts'
import { registryCommands } from './commands/registry.ts'
import { syntheticCommands } from './commands/synthetic.ts'

const program = new Command('doorstep')
  .description(
    'Finds every poor household, works out why it is poor, prescribes the right help, and proves that it worked.',
  )
  .version('0.1.0')
  .option('--json', 'print one JSON object, for machines')
  .option('--data <folder>', 'data folder (default: DOORSTEP_DATA or .doorstep)')
  .option('--server <url>', 'talk to a running server instead of the data folder')
  .option('--token <token>', 'session token for --server (default: DOORSTEP_TOKEN)')
  .option('--as <login>', 'account to act as on the data folder (default: the first county officer)')
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 done and something was found, 64 usage, 65 bad input, 69 not available, 70 internal, 77 not permitted.',
  )
  .exitOverride()

program
  .command('serve')
  .description('start the server (PORT, DOORSTEP_HOST, DOORSTEP_DATA, DATABASE_URL choose where)')
  .action(async () => {
    const { serve } = await import('#server/main.ts')
    await serve()
  })

for (const add of [syntheticCommands, importCommands, campaignCommands, packCommands, registryCommands]) add(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exits.ok : exits.usage
  else process.exitCode = tellError(error, program.opts().json === true)
}
