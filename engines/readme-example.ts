// The first example of an engine's README: what a reader runs, and what it says it prints.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ReadmeExample {
  /** Plain JavaScript, as it stands. */
  code: string
  /** What it prints: its lines after `//=> `. */
  prints: string
}

/** Throws where the README's first block of code is no JavaScript or does not say what it prints. */
export function firstExample(engine: string): ReadmeExample {
  const readme = readFileSync(join(import.meta.dirname, engine, 'README.md'), 'utf8')
  const [, language, code = ''] = /^```(\w+)\n([^]*?)^```$/m.exec(readme) ?? []
  const prints = [...code.matchAll(/^\/\/=> (.*)$/gm)].map((found) => `${found[1]}\n`).join('')
  if (language !== 'js' || prints === '') {
    throw new Error(`The first example of engines/${engine}/README.md is no \`js\` block with lines \`//=> \`.`)
  }
  return { code, prints }
}
