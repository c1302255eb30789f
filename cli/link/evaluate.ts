import { evaluateFiles } from '#engines/linkage/files/evaluate-files.ts'
import { openFile } from '#engines/linkage/files/files.ts'
import type { OpenFile } from '#engines/linkage/files/files.ts'
import { tell } from '../tell.ts'
import { withDuckDb } from './inputs.ts'

export interface EvaluateOptions {
  json?: boolean
  links: string
  truth: string
  dedupe?: boolean
  thresholds?: number[]
  encoding?: string
}

/** `doorstep link evaluate`: links held against true pairs, or against pairs that people judged. */
export async function evaluateCommand(options: EvaluateOptions): Promise<void> {
  await withDuckDb({}, async (connection, scratch) => {
    const opened: OpenFile[] = []
    const open = async (path: string) => {
      const file = await openFile(connection, path, { encoding: options.encoding, scratch })
      opened.push(file)
      return file
    }
    try {
      const files = {
        links: { ...(await open(options.links)), path: options.links },
        truth: { ...(await open(options.truth)), path: options.truth },
      }
      const found = await evaluateFiles(connection, files, options)
      if (options.json) return tell(found, true)
      const { judged, true_pairs, bands, best } = found
      tell({ [judged ? 'judged_pairs' : 'true_pairs']: judged ?? true_pairs, ...(judged ? { true_pairs } : {}) }, false)
      console.table(bands)
      console.table(found.thresholds)
      console.log(`best F1 ${best.f1} at ${best.threshold} bits`)
    } finally {
      for (const file of opened) await file.close()
    }
  })
}
