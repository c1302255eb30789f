// Names of questions become XML element names.

// XML 1.0 section 2.3 without the colon, which would be a namespace prefix.
const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\u00b7-]*$/u

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
