import type { Rulebook } from '../rulebook.ts'
import type { Text } from '../schema/schema.ts'

/** What a field of the card, or a derived one, is called in every language of the pack; its own name where it has none. */
export function fieldLabel(book: Rulebook, name: string): Text {
  const derived = book.pack.derived.find((each) => each.name === name)
  if (derived) return derived.label
  return inLanguages(book, book.fields.household[name]?.labels ?? {}, name)
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
