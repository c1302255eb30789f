// Names of questions become XML element names.

// XML 1.0 section 2.3 without the colon, which would be a namespace prefix.
const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\u00b7-]*$/u

/** Looks a name from outside up: `constructor` is not found in an empty record, as it would be by `record[name]`. */
export function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** True for names every JavaScript object has already: as a field they would be found where nothing was answered. */
export function isTaken(name: string): boolean {
  return name in {}
}

export const NAME_HINT =
  'Begin with a letter or underscore, then use letters, digits, underscores, hyphens or full stops, no spaces.'

/** True when the text can be the name of an XML element. */
export function isName(name: string): boolean {
  return NAME.test(name)
}

/** A name near the one written that is allowed, to be proposed. */
export function proposeName(name: string): string {
  const cleaned = name.trim().replaceAll(/[^\p{L}\p{N}\p{M}_.-]+/gu, '_')
  return /^[\p{L}_]/u.test(cleaned) ? cleaned : `_${cleaned}`
}
