import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { Common } from '../open.ts'
import { example } from '../example.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'

interface SyntheticOptions extends Common {
  households: number
  seed: number
  out: string
  threads?: number
  memory?: string
}

/** A made country whose truth is known: what institutions see in `world/`, the truth apart in `truth/`. */
export function syntheticCommands(program: Command): void {
  program
    .command('synthetic')
    .description('make a seeded township whose truth is known: world/, truth/ and manifest.json as Parquet')
    .requiredOption('--households <number>', 'how many households', whole)
    .requiredOption('--seed <number>', 'the same seed gives the same bytes', whole)
    .requiredOption('--out <folder>', 'folder to write; world/ and truth/ in it are replaced')
    .option('--threads <number>', 'threads of DuckDB; the bytes do not depend on it', whole)
    .option('--memory <size>', 'memory limit of DuckDB, for example 3GB')
    .addHelpText('after', example('synthetic --households 17000 --seed 1 --out ./township'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<SyntheticOptions>()
      const { generate } = await import('#synthetic/country/generate.ts')
      const line = progressLine(options.json === true)
      const began = performance.now()
      try {
        const { files, ...sums } = await generate({
          households: options.households,
          seed: options.seed,
          out_dir: resolve(options.out),
          threads: options.threads,
          memory: options.memory,
          progress: ({ step, done, total }) => line.say(step, done, total),
        })
        line.end()
        const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
        const seconds = Math.round(performance.now() - began) / 1000
        tell({ ...sums, bytes, seconds, out: resolve(options.out) }, options.json)
      } finally {
        line.end()
      }
    })
}

function whole(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
