import { parse } from 'yaml'

// Aliases name a source once and point to it; there are many more than the library's default limit of 100.
export const yamlOptions = { maxAliasCount: -1, merge: true } as const

const most_texts = 64
const read = new Map<string, unknown>()

/**
 * What a YAML file says. A draft changes one file of fifteen, and each takes 5 to 20 ms to read: the last are kept, and
 * may not be changed. Throws as `parse` does.
 */
export function parseOnce(text: string): unknown {
  let value = read.get(text)
  if (value === undefined) {
    value = frozen(parse(text, yamlOptions))
    if (read.size >= most_texts) read.clear()
    read.set(text, value)
  }
  return value
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const each of Object.values(value)) frozen(each)
  return value
}
