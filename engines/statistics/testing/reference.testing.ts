import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'

/** Reference numbers stand beside the repository, for their licences do not let all of them stand in it. */
const folder = fileURLToPath(new URL('../../../../shared/reference/poverty/', import.meta.url))

/** True where the reference folder is there; else tests that need it are skipped, and this says so. */
export const hasReference = existsSync(`${folder}README.md`)
if (!hasReference) console.warn(`Skipped, for ../shared/reference/poverty is absent: tests against reference numbers`)

export type Row = Record<string, string>

/** The rows of a reference file; empty where it is absent. */
export function readReference(file: string): Row[] {
  return hasReference ? (parse(readFileSync(folder + file), { columns: true }) as Row[]) : []
}

/** A column as numbers; NA and empty are NaN. */
export const numbers = (rows: readonly Row[], column: string): number[] =>
  rows.map((row) => (row[column] === 'NA' || row[column] === '' ? Number.NaN : Number(row[column])))

export const texts = (rows: readonly Row[], column: string): string[] => rows.map((row) => row[column]!)
