/** Labels of a form by its language names, `English (en)`, `Chinese (zh)`. */
export type Labels = Record<string, string>

/** A question as the form's route tells it. */
export interface Question {
  name: string
  type: string
  unit?: string
  minor_units?: number
  labels: Labels
  choice_labels?: Record<string, Labels>
}

/** The label in the reader's language, else in any. */
export function labelIn(labels: Labels | undefined, language: string, fallback = ''): string {
  const own = Object.entries(labels ?? {}).find(([name]) => name.endsWith(`(${language})`))?.[1]
  return own ?? Object.values(labels ?? {})[0] ?? fallback
}
