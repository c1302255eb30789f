import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { mutantsOf, type Mutant } from './mutants.ts'
import { readImports, testsReaching } from './reach.ts'
import { runOne, runSwitching } from './run-tests.ts'
import { drawMutants } from './sample.ts'
import { scratchCopy } from './scratch.ts'
import { switched } from './switched.ts'

export type Fate = 'killed' | 'survived' | 'timed out' | 'no test reaches it'

export interface Outcome {
  mutant: Mutant
  fate: Fate
}

export interface Measured {
  /** How many mutants these files can have; as many or fewer were drawn. */
  population: number
  outcomes: Outcome[]
  tests: string[]
  /** Tests that fail in the copy without any mutant; they judged nothing. */
  broken: string[]
}

export interface Asked {
  root: string
  /** Paths from the root. */
  files: readonly string[]
  sample?: number
  seed?: number
  /** Also tests that load the registry's driver: they take long. */
  withRegistry?: boolean
  /** A test slower than this (ms) is not run for each mutant, only for those that all others leave alive. */
  slow?: number
  /** How long one mutant may take against all its tests in a process of its own, in milliseconds. */
  oneLimit?: number
  say?: (line: string) => void
}

const switchUrl = pathToFileURL(join(import.meta.dirname, 'switch.ts')).href

/**
 * Makes mutants of these files and runs the tests that reach them, in a copy of the project.
 *
 * First all mutants stand in one copy, switched on in turn (Untch, Offutt and Harrold 1993, mutant schemata); whatever is left alive
 * there is on from the start of a process of its own against every test that reaches it, so that a survivor is one however the
 * program keeps what it has worked out.
 */
export async function measure(asked: Asked): Promise<Measured> {
  const {
    root,
    files,
    sample,
    seed = 1,
    withRegistry = false,
    slow = 2000,
    oneLimit = 60_000,
    say = () => undefined,
  } = asked
  const imports = readImports(root)
  const texts = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  const all = [...texts].flatMap(([path, text]) => mutantsOf(path, text))
  const mutants = drawMutants(all, sample, seed)
  const mutated = [...new Set(mutants.map(({ path }) => path))]
  const reaching = testsReaching(imports, mutated).filter(({ pure }) => pure || withRegistry)
  const tests = reaching.map(({ path }) => path)
  say(`${mutants.length} of ${all.length} mutants in ${mutated.length} files, ${tests.length} test files`)

  const scratch = scratchCopy(root)
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mutation-records-'))
  const remove = () => {
    scratch.remove()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', remove)
  try {
    for (const path of mutated) {
      const own = mutants.filter((each) => each.path === path)
      writeFileSync(join(scratch.root, path), switched(path, texts.get(path) ?? '', own, switchUrl))
    }
    const { records, elsewhere, unfinished } = await runSwitching({ root: scratch.root, folder, tests, slow })
    const of = <T extends string>(type: T) => records.filter((each) => each.type === type)
    const doubtful = new Set(records.flatMap((each) => (each.type === 'doubtful' ? each.ids : [])))
    const killed = new Set(
      records.flatMap((each) => (each.type === 'killed' && !doubtful.has(each.id) ? [each.id] : [])),
    )
    const timeouts = new Set(records.flatMap((each) => (each.type === 'timeout' ? [each.id] : [])))
    const broken = records.flatMap((each) => (each.type === 'broken' ? [`${each.test}: ${each.message}`] : []))
    const brokenNames = records.flatMap((each) => (each.type === 'broken' ? [each.test] : []))
    const names = [...new Set(records.flatMap((each) => (each.type === 'reached' ? [each.test] : [])))]
    say(`in one process: ${killed.size} killed, ${timeouts.size} timed out, ${of('doubtful').length} doubtful tests`)

    // Without a mutant the tests must pass in a process like those of the single mutants, or all of them would seem killed.
    const sound = tests.filter((path) => !unfinished.includes(path))
    const alone = { root: scratch.root, folder, tests: sound, mutant: 0, leftOut: brokenNames, limit: 600_000 }
    if (sound.length > 0 && (await runOne(alone)) !== 'passed') throw new Error('The tests fail without any mutant.')

    const outcomes: Outcome[] = []
    for (const mutant of mutants) {
      const { id } = mutant
      if (killed.has(id) || timeouts.has(id)) {
        outcomes.push({ mutant, fate: killed.has(id) ? 'killed' : 'timed out' })
        continue
      }
      const reachedBy = new Set(
        records.flatMap((each) => (each.type === 'reached' && each.ids.includes(id) ? [each.test] : [])),
      )
      const inTests = records.flatMap((each) => (each.type === 'reached' && each.ids.includes(id) ? [each.file] : []))
      const outside = records.flatMap((each) => (each.type === 'outside' && each.ids.includes(id) ? [each.file] : []))
      const far = elsewhere.includes(id)
      const own = sound.filter(
        (path) =>
          inTests.includes(path) ||
          (outside.length > 0 || far
            ? reaching.some((each) => each.path === path && each.files.has(mutant.path))
            : false),
      )
      if (own.length === 0) {
        outcomes.push({ mutant, fate: 'no test reaches it' })
        continue
      }
      const leftOut =
        outside.length > 0 || far ? brokenNames : [...brokenNames, ...names.filter((each) => !reachedBy.has(each))]
      const ending = await runOne({ root: scratch.root, folder, tests: own, mutant: id, leftOut, limit: oneLimit })
      const fate = ending === 'passed' ? 'survived' : ending === 'failed' ? 'killed' : 'timed out'
      outcomes.push({ mutant, fate })
      if (fate === 'survived') say(`alive: ${mutant.path}:${mutant.line} ${mutant.kind}`)
    }
    return { population: all.length, outcomes, tests, broken: [...broken, ...unfinished] }
  } finally {
    process.off('exit', remove)
    remove()
  }
}
