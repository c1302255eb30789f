import { outliveReaders } from './pipes.ts'
import { run } from './run.ts'

outliveReaders()
await run(process.argv.slice(2))
