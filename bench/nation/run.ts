// The whole country assessed: makes a nation, measures, compares with others, prints. `npm run bench:nation -- --help`
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readNation } from '#synthetic/nation.ts'
import { fieldsRead } from '#synthetic/nation-base.ts'
import type { Comparison } from './compare.ts'
import type { Made, MakeOptions } from './make.ts'
import type { Measured, MeasureOptions } from './measure.ts'
import { reportOf, type Report } from './report.ts'
import { loadBook } from './tables.ts'

const HELP = `Assesses, diagnoses and sums up a made nation with the rules of packs/china-2014.

  npm run bench:nation -- [options]

  --households N   households to make and assess (30000000; about 3.5 minutes and 1.6 GB of disk to make on 2 cores)
  --sizes A,B,...  measure several sizes, in millions, from the same nation, in whole
                   partitions of about 400000: --sizes 1,3,10,30
  --seed N         another nation (1)
  --threads N      workers, each with a DuckDB of one thread (2)
  --dir FOLDER     where to make it; one that is already there and fits is used again (a temporary folder)
  --keep           leave the nation and the results where they are
  --plain          the pack's rules alone, without the analysts' 26 questions
  --no-compare     leave out the other ways of doing the same: PostgreSQL, OpenFisca, JavaScript
  --compare-households N   households for these (1000000, or all where there are fewer)
  --json           only JSON on standard output
  --help           this text

Progress goes to standard error. What is measured and how: bench/nation/README.md
`

const { values } = parseArgs({
  options: {
    households: { type: 'string', default: '30000000' },
    sizes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    dir: { type: 'string' },
    keep: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    compare: { type: 'boolean', default: true },
    'compare-households': { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})

function whole(name: string, text: string): number {
  const number = Number(text.replaceAll('_', ''))
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`--${name} must be a whole number above 0`)
  return number
}

/** Runs a script of this folder with JSON in and JSON out; its progress passes through to standard error. */
function child<Result>(script: string, options: object): Promise<Result> {
  return new Promise((done, failed) => {
    const run = spawn(process.execPath, [path.join(import.meta.dirname, script), JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    run.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    run.on('error', failed)
    run.on('close', (code) =>
      code === 0 ? done(JSON.parse(text) as Result) : failed(new Error(`${script} ended with ${code}`)),
    )
  })
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const asked = values.sizes?.split(',').map((size) => Math.round(Number(size) * 1_000_000))
  const all = whole('households', values.households)
  const sizes = asked ?? [...[1, 3, 10].map((size) => size * 1_000_000).filter((size) => size < all), all]
  if (sizes.some((size) => !(size > 0))) throw new RangeError('--sizes are millions of households: 1,3,10,30')
  const households = Math.max(...sizes)
  const seed = whole('seed', values.seed)
  const threads = whole('threads', values.threads)
  const own = values.dir === undefined
  const root = values.dir ?? (await mkdtemp(path.join(tmpdir(), 'doorstep-nation-')))
  const dir = path.join(root, 'nation')
  const out_dir = path.join(root, 'results')
  try {
    const known = await readNation(dir).catch(() => undefined)
    const { book } = await loadBook()
    // A nation kept from before may lack a field that the pack's rules have come to read since.
    const same_fields = JSON.stringify(known?.fields) === JSON.stringify(fieldsRead(book))
    const fits = known?.households === households && known.seed === seed && same_fields
    const made = fits ? null : await child<Made>('make.ts', { dir, households, seed, threads } satisfies MakeOptions)
    const generated = made?.bytes ?? known!.partitions.reduce((total, part) => total + part.bytes, 0)

    const steps: Measured[] = []
    for (const size of sizes.toSorted((a, b) => a - b)) {
      await rm(out_dir, { recursive: true, force: true })
      const options: MeasureOptions = { dir, out_dir, households: size, threads, plain: values.plain }
      steps.push(await child<Measured>('measure.ts', options))
    }
    const compare = values.compare
      ? await child<Comparison>('compare.ts', {
          dir,
          households: Math.min(households, whole('compare-households', values['compare-households'])),
        })
      : null
    const report: Report = {
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memory_gb: Math.round(totalmem() / 2 ** 30),
        node: process.version,
      },
      seed,
      threads,
      seconds_generate: made?.seconds ?? null,
      generated_bytes: generated,
      ...steps.at(-1)!,
      sizes: steps,
      compare,
    }
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportOf(report))
    if (values.keep) process.stderr.write(`kept in ${root}\n`)
  } finally {
    if (!values.keep) {
      await rm(own ? root : dir, { recursive: true, force: true })
      await rm(out_dir, { recursive: true, force: true })
    }
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof RangeError)) throw error
  process.stderr.write(`${error.message}\n\n${HELP}`)
  process.exitCode = 2
}
