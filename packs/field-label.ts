import type { Rulebook } from './rulebook.ts'
import type { Text } from './schema.ts'

/** What a field of the card, or a derived one, is called in every language of the pack; its own name where it has none. */
export function fieldLabel(book: Rulebook, name: string): Text {
  const derived = book.pack.derived.find((each) => each.name === name)
  if (derived) return derived.label
  // A form names its languages as XLSForm does: `Chinese (zh)`.
  const labels = Object.entries(book.fields.household[name]?.labels ?? {})
  return Object.fromEntries(
    book.pack.languages.map((language) => [
      language,
      labels.find(([named]) => named === language || named.endsWith(`(${language})`))?.[1] ?? name,
    ]),
  )
}
