import type { Plugin } from 'vite'

/** What the server may tell a browser to fetch beside the page itself (`dist/preload.json`). */
export interface Preload {
  /** The words of each language. */
  words: Record<string, string[]>
  /** The screen that `/` leads to, with what it needs. */
  home: string[]
}

/**
 * Writes `preload.json`: files that a page will ask for only after its first script has run. Told in the answer's
 * `Link` header they come along with it, which saves a slow line two or three round trips.
 */
export function preload(home: string): Plugin {
  return {
    name: 'preload',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((each) => each.type === 'chunk')
      const entry = chunks.find((chunk) => chunk.isEntry)
      const first = new Set([entry?.fileName, ...(entry?.imports ?? [])])
      const withImports = (end: string): string[] => {
        const chunk = chunks.find((each) => each.facadeModuleId?.endsWith(end))
        if (!chunk) throw new Error(`the build has no ${end}: mend web/vite.config.ts`)
        const found = new Set([chunk.fileName])
        for (const name of found) {
          for (const each of chunks.find((other) => other.fileName === name)?.imports ?? []) found.add(each)
        }
        const files = [...found].filter((file) => !first.has(file))
        const styles = files.flatMap((file) => [
          ...(chunks.find((each) => each.fileName === file)?.viteMetadata?.importedCss ?? []),
        ])
        return [...files, ...styles].map((file) => `/${file}`)
      }
      const languages = chunks.flatMap(
        (chunk) => /words\/bundle\.([a-z]+)\.ts$/.exec(chunk.facadeModuleId ?? '')?.[1] ?? [],
      )
      const words = Object.fromEntries(languages.map((each) => [each, withImports(`words/bundle.${each}.ts`)]))
      const source: Preload = { words, home: withImports(home) }
      this.emitFile({ type: 'asset', fileName: 'preload.json', source: JSON.stringify(source) })
    },
  }
}
