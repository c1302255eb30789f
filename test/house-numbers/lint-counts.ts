import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../house.ts'

interface Finding {
  code: string
  filename: string
  labels: { span: { line: number } }[]
}

export interface Counted {
  count: number
  /** The first places, `path:line`. */
  where: string[]
}

/**
 * What oxlint counts by the rules of `rules.json` in the sources of these folders, tests and their helpers left out: functions of complexity
 * over 15, of more than 100 lines, of five parameters or more, `!` where a value may be missing, and
 * casts.
 */
export async function lintCounts(folders: readonly string[]) {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
  const rules = join(import.meta.dirname, 'rules.json')
  const words = [oxlint, '-c', rules, '-f', 'json', ...folders]
  // It ends with 1 where it finds something, which it always does here.
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root, maxBuffer: 2 ** 28 }).catch(
    (error: { stdout?: string }) => {
      if (!error.stdout) throw error
      return { stdout: error.stdout }
    },
  )
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Finding[] }
  const of = (rule: string): Counted => {
    const found = diagnostics.filter(
      (each) => each.code.includes(`(${rule})`) && !/\.(?:test|testkit|testing)\.tsx?$/.test(each.filename),
    )
    return {
      count: found.length,
      where: found.slice(0, 5).map((each) => `${each.filename}:${each.labels[0]?.span.line ?? 1}`),
    }
  }
  return {
    complex: of('complexity'),
    long: of('max-lines-per-function'),
    parameters: of('max-params'),
    assertions: of('no-non-null-assertion'),
    casts: of('consistent-type-assertions'),
  }
}
