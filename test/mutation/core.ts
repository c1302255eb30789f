import { isPure, type Imports } from './reach.ts'

// Left out: what speaks SQL, which the tests of its room hold on a registry; helpers of tests; catalogues of words.
const left_out = [
  /(?:^|\/)store[^/]*\.ts$/,
  /\/store\//,
  /\.(?:test|testing|testkit)\.ts$/,
  /\/testing\//,
  /\/testform\.ts$/,
  /^engines\/rules\/compare\//,
  /^door\/problems\//,
]
const isSource = (path: string): boolean => path.endsWith('.ts') && !left_out.some((each) => each.test(path))

/** Where the core lies: engines, the door and the rooms, one group each. */
export function groupOf(path: string): string | undefined {
  const found = /^(engines\/[^/]+|cycle\/\d\d-[^/]+|door)\//.exec(path) ?? /^(registry)\/.*verify\.ts$/.exec(path)
  return found?.[1]
}

/**
 * The files that mutants are made of, by group: of engines all, of rooms, door and registry those whose loading needs no screen,
 * database or network.
 */
export function coreFiles(imports: Imports): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const path of imports.files.keys()) {
    const group = groupOf(path)
    if (group === undefined || !isSource(path)) continue
    if (!group.startsWith('engines/') && group !== 'registry' && !isPure(imports, path)) continue
    groups.set(group, [...(groups.get(group) ?? []), path])
  }
  return groups
}
