// Which passwords are refused. NIST SP 800-63B (2017, 5.1.1.2) and the OWASP Authentication Cheat Sheet: length first, no
// rules of composition, and none that stand on lists of common or expected ones. Lists of leaked passwords hold millions
// of lines, nearly all shorter than 12 characters; of the longer ones nearly all are a common word written twice or
// lengthened by digits, a row of keys, or the name of the account. So a password is reduced to the words it is made of,
// and what is left must not be one of the few hundred that people think of first.
import { problem } from '../problems.ts'

export const shortest = 12
/** argon2 reads any length; what is longer than this is no password but an attempt to keep the server busy. */
export const longest = 200

const words = new Set(
  `password passwort passwd pass contrasena motdepasse senha mima mimamima parola haslo welcome welkom bienvenido huanying
  admin administrator root user guest test testing tester demo doorstep secret letmein login signin changeme default master
  access system server computer internet office county township village poverty fuping tuopin jingzhun government zhengfu
  qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc iloveyou woaini woaini
  woaiwojia aini loveyou sunshine princess dragon monkey football baseball superman batman pokemon starwars michael jordan
  shadow charlie donald jennifer jessica thomas daniel summer winter spring autumn january february march april june july
  august september october november december monday tuesday wednesday thursday friday saturday sunday
  liverpool chelsea arsenal barcelona
  mustang ferrari mercedes samsung huawei google facebook microsoft windows android apple iphone hello hallo nihao
  whatever trustno one abc abcd abcde abcdef a aa aaa q qq qqq w x z i love you my the your name me is please enter new`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

// The last two: the upper rows walked together, down the columns.
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qazwsxedcrfvtgb',
  '1q2w3e4r5t6y7u8i9o0p',
]
const both = rows.flatMap((row) => [row, [...row].reverse().join('')])

const leet: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Is the text all runs of three or more along a row of keys, the alphabet or the digits, or one character again? */
function isSequence(text: string): boolean {
  let at = 0
  while (at < text.length) {
    const longest_run = Array.from({ length: text.length - at }, (_, index) => text.length - at - index).find(
      (length) => {
        const part = text.slice(at, at + length)
        return both.some((row) => row.includes(part)) || new Set(part).size === 1
      },
    )
    if (longest_run === undefined || longest_run < 3) return false
    at += longest_run
  }
  return true
}

/** Can the letters be put together from common words alone? */
function isWords(text: string): boolean {
  const ends = new Set([0])
  for (let end = 1; end <= text.length; end += 1) {
    for (const start of ends) {
      if (end - start <= 16 && words.has(text.slice(start, end))) {
        ends.add(end)
        break
      }
    }
  }
  return ends.has(text.length)
}

/** A shorter piece of which the whole is made by repetition. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text)
      return text.slice(0, length)
  }
  return text
}

/** Why a password is refused, as a code that screens can word; null for a good one. */
export function weaknessOf(
  password: string,
  person: { login: string; names?: readonly string[] },
): 'short' | 'long' | 'repeated' | 'sequence' | 'personal' | 'common' | null {
  const normal = password.normalize('NFKC')
  if ([...normal].length < shortest) return 'short'
  if (normal.length > longest) return 'long'
  const plain = normal.toLowerCase()
  const letters = plain.replace(/[\s\p{P}\p{S}]/gu, '')
  // Five different characters in twelve: `aaaaaaaaaaaa`, `abababababab`, `111122223333`.
  if (new Set(plain).size < 5 || unitOf(letters).length < 8) return 'repeated'
  if (isSequence(letters)) return 'sequence'
  const own = [
    person.login,
    ...person.login.split(/[._-]/),
    ...(person.names ?? []).flatMap((name) => name.split(/\s+/)),
  ]
    .map((part) => part.toLowerCase().replace(/[\s\p{P}\p{S}]/gu, ''))
    .filter((part) => [...part].length >= 3 || /^\p{Script=Han}{2,}$/u.test(part))
  const without = own.reduce((text, part) => text.replaceAll(part, ''), letters)
  if (without.replace(/\d/g, '').length < 6 && without !== letters) return 'personal'
  const asWords = (text: string): boolean => text !== '' && isWords(text)
  // A year or a number at the end stays one; digits within are letters.
  const worded = [...plain.replace(/[\d\p{P}\p{S}]+$/u, '')]
    .map((char) => leet[char] ?? char)
    .join('')
    .replace(/[^\p{L}]/gu, '')
  const core = letters.replace(/\d+/g, '')
  // A common word lengthened by digits, a year or signs, or written with digits for letters.
  if (core.length < 4 || asWords(core) || asWords(worded) || isSequence(core)) return 'common'
  return null
}

/** Throws `password_weak`, saying why. */
export function mustBeStrong(password: string, person: { login: string; names?: readonly string[] }): void {
  const why = weaknessOf(password, person)
  if (why === null) return
  const said = {
    short: `fewer than ${shortest} characters`,
    long: `more than ${longest} characters`,
    repeated: 'the same few characters again and again',
    sequence: 'characters that stand beside one another on the keyboard or in the alphabet',
    personal: 'little but the name or the login',
    common: 'little but common words and digits',
  }
  throw problem('password_weak', { detail: said[why], errors: [{ path: 'password', message: why }] })
}
