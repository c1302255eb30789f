import { CommanderError } from 'commander'
import { exits, tellError } from './exit.ts'
import { outliveReaders } from './pipes.ts'
import { makeProgram } from './program.ts'

outliveReaders()

const program = makeProgram()
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exits.ok : exits.usage
  else process.exitCode = tellError(error, program.opts().json === true)
}
