import { decrypt, encrypt, numberCode, type Keys } from '#registry/secrets/secrets.ts'

/** Answers of a form: household-level fields, and lists (members) of the same kind. */
export type Answers = { [field: string]: AnswerValue | Answers[] }
export type AnswerValue = string | number | boolean | null | string[] | Position
/** Degrees (WGS 84), metres. */
export type Position = { latitude: number; longitude: number; altitude: number | null; accuracy: number | null }

function mapPersonal(answers: Answers, fields: readonly string[], change: (text: string) => string): Answers {
  const entries = Object.entries(answers).map(([field, value]): [string, AnswerValue | Answers[]] => {
    if (isList(value)) return [field, value.map((item) => mapPersonal(item, fields, change))]
    return [field, typeof value === 'string' && value !== '' && fields.includes(field) ? change(value) : value]
  })
  return Object.fromEntries(entries)
}

function isList(value: AnswerValue | Answers[]): value is Answers[] {
  return Array.isArray(value) && value.some((item) => typeof item === 'object')
}

const column = 'submission.answers'

/** Answers with every personal number encrypted (`fields` from the pack: national_id, phone). */
export function sealAnswers(keys: Keys, fields: readonly string[], answers: Answers): Answers {
  return mapPersonal(answers, fields, (text) => encrypt(keys, column, text))
}

/** The reverse of `sealAnswers`: for matching and for people who may see and say why. */
export function openAnswers(keys: Keys, fields: readonly string[], answers: Answers): Answers {
  return mapPersonal(answers, fields, (text) => (text.startsWith('v1.') ? decrypt(keys, column, text) : text))
}

/** Answers for screens and exports: a code stands for each personal number. */
export function maskAnswers(keys: Keys, fields: readonly string[], answers: Answers): Answers {
  return mapPersonal(answers, fields, (text) =>
    numberCode(keys, text.startsWith('v1.') ? decrypt(keys, column, text) : text),
  )
}
