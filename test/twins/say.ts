// Small parts that the steps of the life share.
export const county_code = '360781'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The first of the answers that names what was asked. */
export const named = (answers: Record<string, unknown>[], name: string): string =>
  answers.map((answer) => text(answer[name])).find((value) => value !== '') ?? ''

/** The makers of a form, one for each sending: a form is read once. */
export const formOf = (parts: Record<string, string | [BlobPart, string]>) => () => {
  const form = new FormData()
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') form.set(name, part)
    else form.set(name, new Blob([part[0]]), part[1])
  }
  return form
}

/** The first entry of a list of numbers in the answers. */
export const firstOf = (answers: Record<string, unknown>[], name: string): string =>
  answers
    .flatMap((answer) => (Array.isArray(answer[name]) ? answer[name] : []))
    .map((value) => String(value))
    .find((value) => value !== '') ?? ''
