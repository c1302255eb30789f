// Frames of the reasons, by language: the product's own, and what a pack in a further language brings as the section
// `explain` of its words.
import en from './explain.en.json' with { type: 'json' }
import zh from './explain.zh.json' with { type: 'json' }
import type { Pack } from '../schema/schema.ts'

export type Frame = keyof typeof en

/** Frames that the product brings. A pack in any other language gives its own, and `checkPack` asks for them. */
export const FRAMES: Record<string, Partial<Record<string, string>>> = { en, zh }

/** A frame in a language: the pack's own wins, English stands in. */
export const frameOf = (pack: Pack, language: string, frame: string): string =>
  pack.words[language]?.['explain']?.[frame] ?? FRAMES[language]?.[frame] ?? en[frame as Frame] ?? frame
