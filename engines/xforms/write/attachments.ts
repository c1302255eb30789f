// The files a form needs beside it: what a manifest must list.
import { externalInstances } from './instances.ts'
import type { Form, Media } from '../model.ts'
import { placedItems } from '../model.ts'

/** File names in the order of the form, each once: lists of choices, entity lists, pictures and sounds of labels. */
export function attachmentsOf(form: Form): string[] {
  const names = new Set<string>()
  const media = (of: Media) => {
    for (const texts of Object.values(of)) {
      // A name that is computed from an answer is not known beforehand.
      for (const name of Object.values(texts ?? {})) if (!name.includes('${') && !name.includes('://')) names.add(name)
    }
  }
  for (const { src } of externalInstances(form)) {
    const file = /^jr:\/\/(?:file|file-csv)\/(.+)$/.exec(src)
    if (file?.[1] !== undefined) names.add(file[1])
  }
  for (const { item } of placedItems(form)) media(item.media)
  for (const list of Object.values(form.lists)) for (const choice of list.choices) media(choice.media)
  return [...names]
}
