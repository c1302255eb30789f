import { pinyin } from 'pinyin-pro'
import { codeOf, editDistance, sameCodes, withinOneEdit } from './distance.ts'
import { COMPOUND_SURNAMES, DIALECT_FINALS, DIALECT_INITIALS, SURNAME_READINGS, VARIANTS } from './name-tables.ts'

/** What two Chinese names have in common, strongest first. The order is the order of evidence. */
export const NAME_OUTCOMES = [
  'exact', // the same characters
  'variant', // the same after folding variant and traditional characters: 吕/呂
  'same_tone', // the same pinyin with tone: 张伟/章伟
  'same_sound', // the same pinyin without tone, southern mergers (zh/z, n/l, ing/in) folded
  'permuted', // the same characters in another order
  'one_character', // all but one the same, of three or more: replaced, left out or unreadable (□); 古丽 for 古丽·买买提
  'surname', // the surname alone, or one of two characters of a given name
  'different',
] as const
export type NameOutcome = (typeof NAME_OUTCOMES)[number]

const OUTCOME = {
  exact: 0,
  variant: 1,
  same_tone: 2,
  same_sound: 3,
  permuted: 4,
  one_character: 5,
  surname: 6,
  different: 7,
} as const satisfies Record<NameOutcome, number>

export type PreparedName = {
  key: string
  folded_key: string
  tone_key: string
  sound_key: string
  folded: Int32Array
  sorted: Int32Array
  surname_length: number
  wildcards: boolean
}

const VARIANT_OF = new Map<string, string>()
for (const group of VARIANTS) {
  const [standard, ...others] = Array.from(group)
  if (standard !== undefined) for (const other of others) VARIANT_OF.set(other, standard)
}
const COMPOUND = new Set(COMPOUND_SURNAMES)
/** Written where the typist had no character: white square, question marks, asterisks, circles. */
const WILDCARD = /[□○?*＊？█�]/u
const HAN = /\p{Script=Han}/u

/** A character written in its standard simplified form; anything else as it was. */
export function foldCharacter(character: string): string {
  return VARIANT_OF.get(character) ?? character
}

/** A name without blanks, interpuncts, honorific brackets; full-width Latin made plain. Case is folded. */
export function normalizeName(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[(（［[].*$/u, '')
    .replace(/[\s·•・.．。‧∙⋅'’,，-]/gu, '')
    .toLowerCase()
}

/** A name with every character in its standard form. */
export function foldName(text: string): string {
  return Array.from(normalizeName(text), foldCharacter).join('')
}

const readings = new Map<string, string>()

/** Pinyin of one character with its tone number, `ü` as `v`; the surname reading where asked (单 shan4, not dan1). */
export function reading(character: string, as_surname = false): string {
  const special = as_surname ? SURNAME_READINGS[character] : undefined
  if (special) return special
  const known = readings.get(character)
  if (known !== undefined) return known
  const found = HAN.test(character)
    ? pinyin(character, { toneType: 'num', v: true, nonZh: 'consecutive' }).trim()
    : character
  readings.set(character, found)
  return found
}

/** A toneless syllable with the mergers of southern speech folded: zh ch sh -> z c s, n -> l, ang eng ing -> an en in. */
export function dialectSound(syllable: string): string {
  let sound = syllable.replace(/[0-9]/g, '')
  for (const [from, to] of DIALECT_INITIALS) if (sound.startsWith(from)) sound = to + sound.slice(from.length)
  for (const [from, to] of DIALECT_FINALS) if (sound.endsWith(from)) sound = sound.slice(0, -from.length) + to
  return sound
}

/** The surname's length in characters: 2 for the compound surnames, else 1. */
export function surnameLength(folded: string): number {
  const characters = Array.from(folded)
  return characters.length >= 3 && COMPOUND.has(characters.slice(0, 2).join('')) ? 2 : 1
}

/** The surname of a name in its standard characters. Names in Latin letters have none: the whole is given back. */
export function surnameOf(text: string): string {
  const folded = foldName(text)
  if (!HAN.test(folded)) return folded
  return Array.from(folded).slice(0, surnameLength(folded)).join('')
}

/** The whole name as dialect-folded toneless letters, the blocking key of sound. Pinyin typed as a name gives the same. */
export function soundKey(text: string): string {
  return prepareName(text)?.sound_key ?? ''
}

/** Latin letters cut into pinyin syllables cannot be cut surely: the mergers are folded over the whole string instead. */
function latinSound(letters: string): string {
  const plain = letters
    .normalize('NFD')
    .replace(/u\u0308/g, 'v')
    .replace(/[\u0300-\u036f0-9]/g, '')
    .replace(/[^a-z]/g, '')
  return flattenSound(plain)
}

function flattenSound(letters: string): string {
  return letters
    .replace(/([zcs])h/g, '$1')
    .replace(/ng/g, 'n')
    .replace(/n(?=[aeiouv])/g, 'l')
}

/** Everything a comparison needs to know of one name, computed once per distinct name; null for an empty one. */
export function prepareName(text: string): PreparedName | null {
  const key = normalizeName(text)
  if (key === '') return null
  const characters = Array.from(key, foldCharacter)
  const folded_key = characters.join('')
  const surname_length = surnameLength(folded_key)
  const syllables = characters.map((c, i) => reading(c, i < surname_length))
  const han = HAN.test(folded_key)
  const folded = Int32Array.from(characters, (c) => (WILDCARD.test(c) ? -1 : codeOf(c)))
  const wildcards = folded.includes(-1)
  return {
    key,
    folded_key,
    tone_key: han ? syllables.join(' ') : folded_key,
    sound_key: han ? flattenSound(syllables.map(dialectSound).join('')) : latinSound(key) || folded_key,
    folded,
    sorted: Int32Array.from(folded).sort(),
    surname_length,
    wildcards,
  }
}

/** Characters in which two names of one length differ; an unreadable character differs from none. */
function differences(a: PreparedName, b: PreparedName): number {
  let count = 0
  for (let i = 0; i < a.folded.length; i++) {
    const [x, y] = [a.folded[i], b.folded[i]]
    if (x !== y && x !== -1 && y !== -1) count++
  }
  return count
}

/** Whether one name is the other without the father's: names of five characters or more are a given name and the father's. */
function givenNameAlone(short: PreparedName, long: PreparedName): boolean {
  return (
    short.folded.length >= 2 &&
    long.folded.length >= 5 &&
    short.folded.length < long.folded.length &&
    HAN.test(long.folded_key) &&
    long.folded_key.startsWith(short.folded_key)
  )
}

function sameSurname(a: PreparedName, b: PreparedName): boolean {
  return (
    a.surname_length === b.surname_length &&
    a.folded[0] === b.folded[0] &&
    a.folded[0] !== -1 &&
    (a.surname_length === 1 || a.folded[1] === b.folded[1])
  )
}

/** What names of one length share character by character, if anything. */
function compareCharacters(a: PreparedName, b: PreparedName): number | null {
  const wild = a.wildcards || b.wildcards
  const wrong = differences(a, b)
  if (wild && wrong === 0) return OUTCOME.one_character
  if (!wild && sameCodes(a.sorted, b.sorted)) return OUTCOME.permuted
  return a.folded.length >= 3 && wrong === 1 ? OUTCOME.one_character : null
}

/** Whether two names of different lengths are one but for a character, a slip or two in a long one, or the father's name. */
function nearlySame(a: PreparedName, b: PreparedName, same_surname: boolean): boolean {
  const [n, m] = [a.folded.length, b.folded.length]
  if (givenNameAlone(a, b) || givenNameAlone(b, a)) return true
  if (Math.min(n, m) >= 5 && Math.abs(n - m) <= 2 && editDistance(a.folded, b.folded) <= 2) return true
  return (Math.min(n, m) >= 3 || (same_surname && n + m === 5)) && withinOneEdit(a.folded, b.folded)
}

/** The index in NAME_OUTCOMES of the strongest thing two prepared names share. Symmetric. */
export function compareNames(a: PreparedName, b: PreparedName): number {
  if (a.key === b.key) return a.wildcards ? OUTCOME.one_character : OUTCOME.exact
  if (a.folded_key === b.folded_key) return a.wildcards ? OUTCOME.one_character : OUTCOME.variant
  const wild = a.wildcards || b.wildcards
  if (!wild && a.tone_key === b.tone_key) return OUTCOME.same_tone
  if (!wild && a.sound_key === b.sound_key) return OUTCOME.same_sound
  const same_surname = sameSurname(a, b)
  const by_characters = a.folded.length === b.folded.length && a.folded.length >= 2
  if (by_characters) {
    const outcome = compareCharacters(a, b)
    if (outcome !== null) return outcome
  } else if (nearlySame(a, b, same_surname)) return OUTCOME.one_character
  return same_surname ? OUTCOME.surname : OUTCOME.different
}
