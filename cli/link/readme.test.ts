import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { root } from '../open.ts'
import { typed } from '../testkit.ts'

// The README of the linkage engine is run: its files are written, its commands typed, and what it says they print and
// write is what they print and write. Figures are given in fewer places there: as many are compared.

type Block = { language: string; words: string[]; text: string }

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S+)(.*)\n([^]*?)^```$/gm)].map(([, language, info, text]) => ({
    language: language!,
    words: info!.trim().split(/\s+/).filter(Boolean),
    text: text!,
  }))
}

type Row = Record<string, string>
const rowsOf = (text: string): Row[] => parse(text, { columns: true })

/** The cell as the README writes it: to as many places as stand there. */
function rounded(found: string, wanted: string): string {
  const places = /^-?\d+\.(\d+)$/.exec(wanted)?.[1]!.length
  return places ? Number(found).toFixed(places) : found
}

const readme = readFileSync(join(root, 'engines/linkage/README.md'), 'utf8')
const sections = readme.split(/^## /m)

describe('the README of engines/linkage', () => {
  test.each(['A model in a quarter of an hour', 'The same for Chinese names'])(
    '%s',
    async (title) => {
      const blocks = blocksOf(sections.find((section) => section.startsWith(title))!)
      const folder = mkdtempSync(join(tmpdir(), 'doorstep-readme-'))
      const before = process.cwd()
      process.chdir(folder)
      let printed = ''
      let [commands, expected] = [0, 0]
      try {
        for (const { language, words, text } of blocks) {
          if (language === 'sh') {
            for (const line of text.trim().split('\n')) {
              const [program, ...words] = line.split(' ')
              expect(program).toBe('doorstep')
              const { code, out, err } = await typed(words)
              expect([code, err]).toEqual([0, ''])
              printed = out
              commands++
            }
          } else if (words[0] !== 'expected') writeFileSync(join(folder, words[0]!), text)
          else if (language === 'text') expect(printed).toBe(text)
          else {
            const wanted = rowsOf(text)
            const found = rowsOf(readFileSync(join(folder, words[1]!), 'utf8'))
            const same = found.map((row, i) =>
              Object.fromEntries(
                Object.keys(wanted[0]!).map((name) => [name, rounded(row[name]!, wanted[i]?.[name] ?? '')]),
              ),
            )
            expect(same).toEqual(wanted)
          }
          if (words[0] === 'expected') expected++
        }
        expect(commands).toBeGreaterThan(1)
        expect(expected).toBeGreaterThan(1)
      } finally {
        process.chdir(before)
        rmSync(folder, { recursive: true, force: true })
      }
      if (title.startsWith('A model')) {
        const { bands, thresholds } = JSON.parse(printed)
        expect(bands).toMatchObject([
          { precision: 1, recall: 0.8 },
          { precision: 1, recall: 1 },
        ])
        expect(thresholds[1]).toMatchObject({ threshold: 25, linked: 1, recall: 0.2 })
      }
    },
    60_000,
  )
})
