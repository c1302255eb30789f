// A survey that somebody else made, read as households of a pack's card: which column answers which field stands in the
// pack's survey.yaml. The file decides nothing about a household, so it is no part of the pack's hash.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { Field, Fields } from '#engines/xforms/answers/fields.ts'
import { loadPack } from '../load.ts'
import { rulebookOf, type Rulebook } from '../rulebook.ts'
import { Text } from '../schema/schema.ts'

/** An answer spread over columns of 0 and 1: the first listed choice with a 1 in one of its columns. */
const Spread = z.record(z.string(), z.array(z.string()).min(1))

const Fit = z.strictObject({
  /** The derived field that adds the terms up, in units of 1/scale of log-odds. */
  score: z.string(),
  /** Parameters: what everybody starts with, and the score from which a household counts as poor. */
  intercept: z.string(),
  cutoff: z.string(),
  /** Parameter -> the card's or a derived field it multiplies; a yes counts 1. */
  terms: z.record(z.string(), z.string()),
  scale: z.int().positive(),
  folds: z.int().min(2),
  /** Seed of the folds and of the intervals: published, so that anybody finds the same figures. */
  seed: z.string(),
  /** What the written values name as their source; {households}, {people} and {auc} are filled. */
  source: Text,
})

const Deprivation = z.strictObject({
  /** Points of each indicator, whole numbers. */
  points: z.record(z.string(), z.int().positive()),
  /** The parameter that holds the cut-off in points. */
  cutoff: z.string(),
})

export const Recipe = z.strictObject({
  title: Text,
  /** The column that names the household; rows of one household need not stand together. */
  household: z.string(),
  /** The column that is 1 for the row that speaks for the household; the first row where none is. */
  head: z.string(),
  /** People a household stands for when people are counted. */
  people: z.string(),
  /** The survey's own standard: the household is poor where its head's column holds one of these. */
  target: z.strictObject({ column: z.string(), poor: z.array(z.string()).min(1) }),
  /** The list that a row is an item of. */
  list: z.string(),
  /** Fields whose answer is spread over columns; parts are joined in order. Other fields: the column of their name. */
  spread: z.record(z.string(), z.array(Spread).min(1)),
  fit: Fit.optional(),
  deprivation: Deprivation.optional(),
})
export type Recipe = z.infer<typeof Recipe>
export type FitRecipe = z.infer<typeof Fit>

export interface Surveyed {
  household: string
  /** Answers of the card; a column that is absent or empty is null. */
  record: RuleRecord
  /** Poor by the survey's own standard. */
  poor: boolean
  /** The survey's own class, as written. */
  class_of: string
  people: number
  /** False where no row is marked as the head. */
  headed: boolean
}

type Line = Record<string, string>

/** The recipe of a pack's folder. Throws where there is none, and a RangeError where it has another shape. */
export async function readRecipe(folder: string): Promise<Recipe> {
  const read = Recipe.safeParse(parseYaml(await readFile(path.join(folder, 'survey.yaml'), 'utf8')))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new RangeError(`survey.yaml, ${issue?.path.join('.')}: ${issue?.message}`)
}

/** A pack, its recipe and the households of a survey's file. A RangeError says what of them cannot be used. */
export async function surveyOf(
  folder: string,
  file: string,
): Promise<{ book: Rulebook; recipe: Recipe; households: Surveyed[] }> {
  const [{ pack, problems }, recipe, text] = await Promise.all([
    loadPack(folder),
    readRecipe(folder),
    readFile(file, 'utf8'),
  ])
  if (!pack) throw new RangeError(problems.map((each) => `${each.file}: ${each.message}`).join('; '))
  const book = rulebookOf(pack)
  return { book, recipe, households: readSurvey(text, recipe, book.fields) }
}

/** Folds as somebody else dealt them: the survey's household column and `fold`. */
export function readFolds(text: string, recipe: Recipe): Map<string, number> {
  const lines: Line[] = parseCsv(text, { columns: true, skip_empty_lines: true, bom: true })
  return new Map(lines.map((line) => [line[recipe.household] ?? '', Number(line['fold'])]))
}

/** Households of a survey's CSV text (one row a person), in the file's order. A RangeError names a column it lacks. */
export function readSurvey(text: string, recipe: Recipe, fields: Fields): Surveyed[] {
  const of_list = fields.lists[recipe.list]
  if (!of_list) throw new RangeError(`The card has no list ${recipe.list}.`)
  const needed = [recipe.household, recipe.head, recipe.people, recipe.target.column]
  // Of a survey's hundred and more columns a pack reads some dozens: taking the others in takes most of the time.
  const asked = new Set([
    ...needed,
    ...[...Object.values(fields.household), ...Object.values(of_list)].flatMap(({ name }) => [
      name,
      ...(recipe.spread[name] ?? []).flatMap((part) => Object.values(part).flat()),
    ]),
  ])
  const columns = (header: string[]) => header.map((name) => asked.has(name) && name)
  const lines: Line[] = parseCsv(text, { columns, skip_empty_lines: true, bom: true })
  for (const column of needed) {
    if (!(column in (lines[0] ?? {}))) throw new RangeError(`The survey has no column ${column}.`)
  }
  const answersOf = (line: Line, of: Record<string, Field>) =>
    Object.fromEntries(Object.values(of).map((field) => [field.name, answerOf(line, field, recipe.spread[field.name])]))
  return [...Map.groupBy(lines, (line) => line[recipe.household]!)].map(([household, rows]) => {
    const head = rows.find((row) => row[recipe.head] === '1')
    const speaks = head ?? rows[0]!
    const class_of = speaks[recipe.target.column]!
    return {
      household,
      record: {
        ...answersOf(speaks, fields.household),
        [recipe.list]: rows.map((row) => answersOf(row, of_list)),
      },
      poor: recipe.target.poor.includes(class_of),
      class_of,
      people: Number(speaks[recipe.people]),
      headed: head !== undefined,
    }
  })
}

function answerOf(line: Line, field: Field, spread?: z.infer<typeof Spread>[]): unknown {
  if (spread) {
    const parts = spread.map(
      (part) => Object.entries(part).find(([, columns]) => columns.some((column) => line[column] === '1'))?.[0],
    )
    return parts.includes(undefined) ? null : parts.join('')
  }
  const cell = line[field.name]?.trim() ?? ''
  if (cell === '') return null
  switch (field.type) {
    case 'bool':
      return cell === '1' ? true : cell === '0' ? false : null
    case 'int':
    case 'decimal':
      return Number.isFinite(Number(cell)) ? Number(cell) : null
    case 'money':
      return Number.isFinite(Number(cell)) ? Math.round(Number(cell) * (field.minor_units ?? 1)) : null
    default:
      return cell
  }
}
