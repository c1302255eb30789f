// node registry/digests/keep.ts: writes down the digest of every migration that has none yet. A migration that has one is
// never changed: registries out there were made with it. What must be other than it says is a migration of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMigrations, type Migration } from '../migrate.ts'

export const DIGESTS = join(import.meta.dirname, 'digests.json')

export const readDigests = (): Record<string, string> =>
  existsSync(DIGESTS) ? (JSON.parse(readFileSync(DIGESTS, 'utf8')) as Record<string, string>) : {}

/** What is wrong with a set of migrations beside what was written down of them; one line each. */
export function digestFaults(migrations: readonly Migration[], kept: Record<string, string>): string[] {
  const there = new Map(migrations.map((migration) => [migration.name, migration.sha256]))
  const gone = Object.keys(kept).filter((name) => !there.has(name))
  return [
    ...gone.map((name) => `${name} is gone: put it back`),
    ...migrations.flatMap(({ name, sha256 }) => {
      const known = kept[name]
      if (known === undefined) return [`${name} is new: node registry/digests/keep.ts writes it down`]
      return known === sha256 ? [] : [`${name} was changed after it had landed: put it back and write a new migration`]
    }),
  ]
}

if (import.meta.main) {
  const kept = readDigests()
  const fresh = readMigrations().filter(({ name }) => kept[name] === undefined)
  const all = { ...kept, ...Object.fromEntries(fresh.map(({ name, sha256 }) => [name, sha256])) }
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(DIGESTS, `${JSON.stringify(sorted, null, 2)}\n`)
  console.log(fresh.length === 0 ? 'nothing new' : fresh.map(({ name }) => name).join('\n'))
}
