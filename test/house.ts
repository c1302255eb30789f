// The source as text, for the tests that hold the house to its own rules.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrations } from '#registry/migrate.ts'
import { readViews } from '#registry/views.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface SourceFile {
  /** From the root, with `/`. */
  path: string
  text: string
}

/** Source files of these folders, sorted; hidden files, built files, node_modules and (unless asked for) tests are left out. */
export function sources(
  folders: readonly string[],
  pattern = /\.(?:ts|tsx|js|jsx)$/,
  { tests = false } = {},
): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && pattern.test(entry.name) && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
      .filter((path) => !/(?:^|\/)(?:dist|node_modules)\//.test(path) && (tests || !/\.test\.tsx?$/.test(path)))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

/** The packs of the project by their folders' names: beside them lies the code that reads them. */
export const packNames = (): string[] =>
  readdirSync(join(root, 'packs')).filter((name) => existsSync(join(root, 'packs', name, 'pack.yaml')))

/** Code without its comments. A `//` inside a string (an address) is not taken for one. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`\w])\/\/.*$/gm, '$1')
}

/** Every module that a file imports. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\n)(?:import|export)\b[^'"`;]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g)].map(
    (found) => found[1] ?? found[2] ?? '',
  )
}

const making = /^(?:create (?:table|(?:or replace )?view)|alter (?:table|view)) (\w+)(?: rename to (\w+))?/gm
const dropping = /^drop (?:table|view)(?: if exists)? ([\w,\s]+);/gm

/** Tables and views that the registry has after all its migrations, and the views made on them. */
export function tableNames(): Set<string> {
  const names = new Set<string>()
  for (const { sql } of [...readMigrations(), ...readViews().files]) {
    const steps = [...sql.matchAll(making), ...sql.matchAll(dropping)].toSorted((a, b) => a.index - b.index)
    for (const [text, name = '', renamed] of steps) {
      if (text.startsWith('drop')) for (const each of name.split(/,\s*/)) names.delete(each)
      else if (renamed) names.delete(name)
      if (text.startsWith('create')) names.add(name)
      else if (renamed) names.add(renamed)
    }
  }
  return names
}

const writing = [
  /\b(?:insertInto|updateTable|deleteFrom|mergeInto)\(\s*['"`](\w+)/g,
  /\b(?:insert into|delete from|merge into)\s+(\w+)/gi,
  /\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b/gi,
]
const reading = [
  /\b(?:selectFrom|innerJoin|leftJoin|rightJoin|fullJoin|crossJoin|from|using)\(\s*\[?\s*['"`](\w+)/g,
  /\b(?:from|join)\s+(?:only\s+)?(\w+)/gi,
]

const found = (text: string, patterns: readonly RegExp[], known: ReadonlySet<string>): Set<string> =>
  new Set(
    patterns
      .flatMap((pattern) => [...withoutComments(text).matchAll(pattern)])
      .map((match) => match[1] ?? '')
      .filter((name) => known.has(name)),
  )

/** Tables a file writes, through Kysely or as SQL text. */
export const tablesWritten = (text: string, known: ReadonlySet<string>): Set<string> => found(text, writing, known)

/** Tables a file reads, through Kysely or as SQL text. `plan_now` is `plan`, by the household each row counts for. */
export const tablesRead = (text: string, known: ReadonlySet<string>): Set<string> =>
  new Set([...found(text, reading, known)].map((name) => name.replace(/_now$/, '')))
