import type { Rulebook } from '../rulebook.ts'
import type { Text } from '../schema/schema.ts'

/** What a field of the card, or a derived one, is called in every language of the pack; its own name where it has none. */
export function fieldLabel(book: Rulebook, name: string): Text {
  const derived = book.pack.derived.find((each) => each.name === name)
  if (derived) return derived.label
  return inLanguages(book, book.fields.household[name]?.labels ?? {}, name)
}

/**
 * What an answer that a rule names is called: `house_grade`, or `members[2].health`, which is told with the member's line
 * on the card (counted from 1).
 */
export function answerLabel(book: Rulebook, path: string): Text {
  const [, list = '', line = '', field = ''] = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(path) ?? []
  if (field === '') return fieldLabel(book, path)
  const label = inLanguages(book, book.fields.lists[list]?.[field]?.labels ?? {}, field)
  return Object.fromEntries(
    Object.entries(label).map(([language, text]) => [language, `${text} (${Number(line) + 1})`]),
  )
}

/** The choices of a household's field on the card, by their names, in every language of the pack. */
export function fieldChoices(book: Rulebook, name: string): Record<string, Text> {
  const field = book.fields.household[name]
  return Object.fromEntries(
    (field?.choices ?? []).map((value) => [value, inLanguages(book, field?.choice_labels?.[value] ?? {}, value)]),
  )
}

/** The choices of a member's field on the card, in the form's order, in every language of the pack. */
export function memberChoices(book: Rulebook, name: string): { value: string; label: Text }[] {
  const field = book.fields.lists['members']?.[name]
  return (field?.choices ?? []).map((value) => ({
    value,
    label: inLanguages(book, field?.choice_labels?.[value] ?? {}, value),
  }))
}

// A form names its languages as XLSForm does: `Chinese (zh)`.
const inLanguages = (book: Rulebook, labels: Text, otherwise: string): Text =>
  Object.fromEntries(
    book.pack.languages.map((language) => [
      language,
      Object.entries(labels).find(([named]) => named === language || named.endsWith(`(${language})`))?.[1] ?? otherwise,
    ]),
  )
