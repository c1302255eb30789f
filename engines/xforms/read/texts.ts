// Texts and media of a row, by language.
import type { Cells } from './columns.ts'
import { UNSPOKEN } from './columns.ts'
import type { Media, Text } from '../model.ts'

/** Text by language: what stands in a column without a language joins the default language where others exist. */
export function textFrom(texts: Record<string, string> | undefined, default_language: string): Text {
  if (!texts) return {}
  const spoken = Object.keys(texts).filter((language) => language !== UNSPOKEN)
  const plain = texts[UNSPOKEN]
  if (plain === undefined) return { ...texts }
  if (spoken.length === 0) return { default: plain }
  const text: Text = { [default_language]: plain }
  for (const language of spoken) text[language] = texts[language] ?? ''
  return text
}

/** Media columns of a row. */
export function mediaFrom(cells: Cells, default_language: string): Media {
  const media: Media = {}
  for (const key of ['image', 'audio', 'video', 'big-image'] as const) {
    if (cells.texts[key]) media[key] = textFrom(cells.texts[key], default_language)
  }
  return media
}
