// Rules that people change on a screen: the files of a pack that hold them, laid over the folder's others.
import { createHash } from 'node:crypto'
import { readPack } from './load.ts'
import type { Pack, PackProblem } from './schema/schema.ts'

/** File name -> text. */
export type RuleTexts = Record<string, string>

/** Rules and words are drafted and published; forms, areas and pack.yaml stay the folder's. */
const IS_RULES = /^(?:rules|words)\/[\w-]+\.yaml$/

export const isRuleFile = (name: string): boolean => IS_RULES.test(name)

const texts_of = new WeakMap<Pack, RuleTexts>()

/** The rule and word files of a pack as text, sorted by name. */
export function ruleTexts(pack: Pack): RuleTexts {
  let texts = texts_of.get(pack)
  if (!texts) {
    const names = [...pack.files.keys()].filter(isRuleFile).sort()
    texts = Object.fromEntries(names.map((name) => [name, Buffer.from(pack.files.get(name)!).toString('utf8')]))
    texts_of.set(pack, texts)
  }
  return texts
}

/** sha256, hex, over sorted names and texts: the same however the folder's forms and areas stand. */
export function rulesHash(texts: RuleTexts): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(texts).sort()) {
    const text = texts[name] ?? ''
    hash.update(`${name}\0${Buffer.byteLength(text)}\0`).update(text)
  }
  return hash.digest('hex')
}

/** A pack with exactly these rule files in place of its own. The folder on disk is not touched. */
export function withRules(pack: Pack, texts: RuleTexts): { pack?: Pack; problems: PackProblem[] } {
  const kept = [...pack.files].filter(([name]) => !isRuleFile(name))
  const laid = Object.entries(texts).map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text, 'utf8')])
  const { pack: read, problems } = readPack(new Map([...kept, ...laid]))
  // The same texts as before, and known by that (areas.ts reads each set once).
  return read ? { pack: { ...read, area_files: pack.area_files }, problems } : { problems }
}
