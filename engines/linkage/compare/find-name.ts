import { pinyin } from 'pinyin-pro'

/** The characters of the CJK block that names use, by each of their toneless readings; made at the first question. */
let by_sound: Map<string, string> | null = null

function sounds(): Map<string, string> {
  if (by_sound) return by_sound
  const found = new Map<string, string[]>()
  for (let code = 0x4e00; code <= 0x9fa5; code++) {
    const character = String.fromCodePoint(code)
    for (const sound of pinyin(character, { toneType: 'none', type: 'array', multiple: true, v: true })) {
      // Not the few sounds without a vowel (嗯 as n, 呣 as m): no name is read so.
      if (!/^[a-z]*[aeiouv][a-z]*$/.test(sound)) continue
      const list = found.get(sound)
      if (list) list.push(character)
      else found.set(sound, [character])
    }
  }
  by_sound = new Map([...found].map(([sound, characters]) => [sound, characters.join('')]))
  return by_sound
}

/** Written between the parts of a name: spaces and the dots of names from other languages. */
const BETWEEN = '[[:space:]·•.]*'

/** Letters cut into syllables in every way that there is, at most `limit`: xian is xian and xi an. */
export function syllables(letters: string, limit = 16): string[][] {
  const known = sounds()
  const ways: string[][] = []
  const go = (at: number, taken: string[]) => {
    if (ways.length >= limit) return
    if (at === letters.length) {
      ways.push(taken)
      return
    }
    // The longest syllable first: the likeliest reading comes first.
    for (let length = Math.min(6, letters.length - at); length > 0; length--) {
      const syllable = letters.slice(at, at + length)
      if (known.has(syllable)) go(at + length, [...taken, syllable])
    }
  }
  go(0, [])
  return ways
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * What finds a name as somebody types it, as a regular expression of PostgreSQL (`~*`): characters with or without a
 * space or a dot between them; pinyin, tones left out, of a name written in characters ("li guoqiang", "liguoqiang",
 * "lv" for ü); Latin letters as they are. Null where nothing is left to look for. It has no quantifier over a choice, so
 * that it costs the same on any name.
 */
export function namePattern(text: string): string | null {
  const plain = text.normalize('NFKC').trim()
  const characters = Array.from(plain).filter((character) => !/[\s·•.]/u.test(character))
  if (characters.length === 0 || characters.length > 40) return null
  const as_is = characters.map(escaped).join(BETWEEN)
  if (!/^[\p{Script=Latin}\p{M}\s·•.'’-]+$/u.test(plain)) return as_is
  const words = plain
    .toLowerCase()
    .normalize('NFD')
    .replaceAll('u\u0308', 'v')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  const ways = words.reduce<string[][]>(
    (all, word) => all.flatMap((way) => syllables(word).map((more) => [...way, ...more])).slice(0, 16),
    [[]],
  )
  const spoken = ways
    .filter((way) => way.length > 0 && way.length <= 8)
    .map((way) => way.map((syllable) => `[${sounds().get(syllable)}]`).join(BETWEEN))
  return [as_is, ...spoken.map((way) => `^${way}`)].join('|')
}
