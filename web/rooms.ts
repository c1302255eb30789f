import type { RoomRoute } from './contract.ts'

const pages = import.meta.glob<{ routes?: RoomRoute[] }>('../cycle/*/pages.tsx', { eager: true })

/** Every screen of every room, in the campaign's order. */
export const roomRoutes: RoomRoute[] = Object.keys(pages)
  .sort()
  .flatMap((file) => pages[file]?.routes ?? [])

const words = import.meta.glob<Record<string, unknown>>('../cycle/*/words.*.json', { eager: true, import: 'default' })

/** The rooms' own words by language and namespace; `cycle/02-match/words.zh.json` is `match:` in Chinese. */
export function roomWords(language: string): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {}
  for (const [file, content] of Object.entries(words)) {
    const [, verb, code] = /\/\d+-([a-z]+)\/words\.([a-z]+)\.json$/.exec(file) ?? []
    if (verb && code === language) found[verb] = content
  }
  return found
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
