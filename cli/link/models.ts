import { readFile } from 'node:fs/promises'
import { LinkageError } from '#engines/linkage/errors.ts'
import { parseKey } from '#engines/linkage/model/keys.ts'
import { readModel } from '#engines/linkage/model/schema.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { latinPersonModel } from '#engines/linkage/models/latin-person.ts'

export const BUILT_IN = ['chinese_person', 'latin_person'] as const
type BuiltIn = (typeof BUILT_IN)[number]

const LATIN = ['birth_date', 'number', 'street', 'place', 'postcode', 'phone', 'email'] as const

/** A ready model; of what it could compare by, the Latin one takes what is among `columns` (all, without). */
export function builtIn(name: BuiltIn, columns?: readonly string[]): LinkageModel {
  if (name === 'chinese_person') return chinesePersonModel()
  const there = LATIN.filter((column) => columns?.includes(column) ?? true)
  return latinPersonModel({
    given_name: 'given_name',
    surname: 'surname',
    ...Object.fromEntries(there.map((column) => [column, column])),
  })
}

/** The model of `--model`: a ready one by name, or a JSON file. `columns`: those that the files have. */
export async function modelOf(word: string, columns: readonly string[]): Promise<LinkageModel> {
  const name = BUILT_IN.find((each) => each === word)
  if (name) return builtIn(name, columns)
  const text = await readFile(word, 'utf8')
  try {
    const model = readModel(JSON.parse(text))
    for (const key of model.blocking_rules.flat()) parseKey(key)
    return model
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new LinkageError('linkage_bad_model', `${word} is not JSON: ${error.message}.`, { path: word })
    }
    if (error instanceof LinkageError) throw new LinkageError(error.code, `${word}: ${error.message}`, error.detail)
    throw error
  }
}
