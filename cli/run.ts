import { CommanderError } from 'commander'
import { exits, tellError } from './exit.ts'
import { makeProgram } from './program.ts'

/** Does what was typed, as `['link', '--left', …]`; what came of it stands in `process.exitCode`. */
export async function run(words: readonly string[]): Promise<void> {
  const program = makeProgram()
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exits.ok : exits.usage
    else process.exitCode = tellError(error, program.opts().json === true)
  }
}
