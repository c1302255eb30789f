import type { Answer, api } from '#web/client.ts'
import type { Question as FormQuestion } from './labels.ts'

export type Preview = Answer<Awaited<ReturnType<typeof api.api.survey.imports.preview.$post>>>
export type Begun = Answer<Awaited<ReturnType<typeof api.api.survey.imports.$post>>>
export type Done = NonNullable<Begun['result']>
export type Mapping = Preview['mapping']
export type Asked = Preview['questions'][number]
export type SheetFound = Preview['sheets'][number]
export type ColumnFound = SheetFound['columns'][number]

/** The question behind a target such as `members[2].name` or `assets#tv`. */
export function questionOf(preview: Preview, target: string): FormQuestion | null {
  const bare = target.replace(/\[\d+\]/, '').replace(/#.*$/, '')
  const found = preview.fields.find((each) => each.target === bare)
  return found ? { name: found.target, ...found } : null
}
