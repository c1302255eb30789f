import type { RoomRoute } from './contract.ts'

const pages = import.meta.glob<{ routes?: RoomRoute[] }>('../cycle/*/pages.tsx', { eager: true })

/** Every screen of every room, in the campaign's order. */
export const roomRoutes: RoomRoute[] = Object.keys(pages)
  .sort()
  .flatMap((file) => pages[file]?.routes ?? [])

type WordsFile = Record<string, unknown>
const bundles = import.meta.glob<Record<string, WordsFile>>('./words/bundle.*.ts', { import: 'default' })

/** Words of shell and rooms in a language, by namespace; `cycle/02-match/words.zh.json` is `match:` in Chinese. */
export async function wordsOf(language: string): Promise<Record<string, WordsFile>> {
  const files = (await bundles[`./words/bundle.${language}.ts`]?.()) ?? {}
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [/\/\d+-([a-z]+)\/words\./.exec(file)?.[1] ?? 'shell', content]),
  )
}

/** The screens a reader sees in the menu under a step. */
export function menuOf(step: string, actions: readonly string[]): RoomRoute[] {
  return roomRoutes.filter(
    (route) =>
      route.step === step &&
      route.menu !== false &&
      !route.path.includes('$') &&
      (!route.action || actions.includes(route.action)),
  )
}
