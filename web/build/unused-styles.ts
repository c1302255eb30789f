import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const project = fileURLToPath(new URL('../..', import.meta.url))
const library = join(project, 'node_modules', '@mantine')
// Wherever a part of a screen may stand, however deep: what is missed here has no style in the browser.
const screens = ['web/**/*.{ts,tsx}', 'ui/**/*.{ts,tsx}', 'cycle/**/*.tsx']

/**
 * Leaves out the styles of components that no screen uses. Mantine's sheet has every component's, 220 kB of them; its
 * class names are hashes (`m_8bffd616`) that stand in the components' own files, so what is used is known for sure.
 */
export function unusedStyles(): Plugin {
  return {
    name: 'unused-styles',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      return /@mantine[\\/]core[\\/]styles\.css$/.test(id) ? withoutUnused(code, usedClasses()) : null
    },
  }
}

/** The hashed classes of all components that our screens, and Mantine's other packages, import. */
export function usedClasses(): Set<string> {
  const index = readFileSync(join(library, 'core/esm/index.mjs'), 'utf8')
  const files = new Map<string, string>()
  for (const [, names = '', file = ''] of index.matchAll(/import (.+?) from "(\..+?)"/g)) {
    for (const name of names.replace(/[{}]/g, '').split(',')) files.set(name.trim().split(' as ').at(-1) ?? '', file)
  }
  const sources = [
    ...globSync(screens, { cwd: project }).map((file) => join(project, file)),
    ...globSync('notifications/esm/**/*.mjs', { cwd: library }).map((file) => join(library, file)),
  ]
  const imported = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]@mantine\/core['"]/g)].flatMap(
      ([, names = '']) => names.split(',').map((name) => name.trim().split(' as ')[0] ?? ''),
    ),
  )
  const found = new Set<string>()
  const read = new Set<string>()
  const follow = (file: string) => {
    if (read.has(file)) return
    read.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [name] of text.matchAll(/\bm_[0-9a-f]+\b/g)) found.add(name)
    for (const [, next = ''] of text.matchAll(/from "(\..+?)"/g)) follow(join(dirname(file), next))
  }
  for (const name of imported) {
    const file = files.get(name)
    if (file) follow(join(library, 'core/esm', file))
  }
  return found
}

/** A style sheet without the rules all of whose selectors name a hashed class that is not used. */
export function withoutUnused(sheet: string, used: ReadonlySet<string>): string {
  return statements(sheet)
    .map(({ head, body }) => {
      if (body === null) return head
      if (/^\s*@(?:media|layer|supports|container)\b/.test(head)) {
        const inner = withoutUnused(body, used)
        return inner.trim() === '' ? '' : `${head}{${inner}}`
      }
      const unused = (selector: string) => (selector.match(/\bm_[0-9a-f]+\b/g) ?? []).some((name) => !used.has(name))
      return !head.trimStart().startsWith('@') && selectors(head).every(unused) ? '' : `${head}{${body}}`
    })
    .join('')
}

/** `a:is(b,c),d` as `a:is(b,c)` and `d`. */
function selectors(head: string): string[] {
  const found: string[] = ['']
  let depth = 0
  for (const sign of head) {
    if ('(['.includes(sign)) depth += 1
    if (')]'.includes(sign)) depth -= 1
    if (sign === ',' && depth === 0) found.push('')
    else found[found.length - 1] += sign
  }
  return found
}

/** Statements of one level: `head{body}`, or `head;` without a body. */
function statements(sheet: string): { head: string; body: string | null }[] {
  const found: { head: string; body: string | null }[] = []
  let start = 0
  let open = 0
  let depth = 0
  let quote = ''
  for (let at = 0; at < sheet.length; at += 1) {
    const sign = sheet[at] as string
    if (sign === '\\') at += 1
    else if (quote) quote = sign === quote ? '' : quote
    else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '{' && depth++ === 0) open = at
    else if (sign === ';' && depth === 0) {
      found.push({ head: sheet.slice(start, at + 1), body: null })
      start = at + 1
    } else if (sign === '}' && --depth === 0) {
      found.push({ head: sheet.slice(start, open), body: sheet.slice(open + 1, at) })
      start = at + 1
    }
  }
  const rest = sheet.slice(start)
  return rest.trim() === '' ? found : [...found, { head: rest, body: null }]
}
