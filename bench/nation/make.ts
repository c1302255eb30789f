// Makes the nation that is measured, in a process of its own. `node bench/nation/make.ts '<json>'`
import { generateNation, type NationManifest } from '#synthetic/nation.ts'
import { loadBook } from './tables.ts'

export type MakeOptions = { dir: string; households: number; seed: number; threads: number }
export type Made = Omit<NationManifest, 'partitions'> & { partitions: number; seconds: number; bytes: number }

export async function make({ dir, households, seed, threads }: MakeOptions): Promise<Made> {
  const { book } = await loadBook()
  const begun = performance.now()
  const manifest = await generateNation({
    book,
    households,
    seed,
    out_dir: dir,
    threads,
    progress: (step, done, total) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      process.stderr.write(done === 0 ? `making: ${step}\n` : `made: ${done} of ${total}, ${seconds} s\n`)
    },
  })
  return {
    ...manifest,
    partitions: manifest.partitions.length,
    seconds: Math.round((performance.now() - begun) / 10) / 100,
    bytes: manifest.partitions.reduce((total, part) => total + part.bytes, 0),
  }
}

if (import.meta.main) console.log(JSON.stringify(await make(JSON.parse(process.argv[2] ?? '{}') as MakeOptions)))
