// The road of a request, read from the code: the middleware of the one app, what the door calls before a route acts, and
// what one route calls, each with the first sentence that the function says of itself.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** One call on the road: `findActor` of `door/sign-in/find-actor.ts`. */
export interface RoadStep {
  name: string
  at: string
  /** The first sentence of its docstring; empty where it has none. */
  says: string
}

/** A part of the road, in the order of the code of `at`. */
export interface RoadPart {
  title: string
  at: string
  steps: RoadStep[]
}

/** The file of a module that a file imports, by `#` or relatively; null for packages. */
function fileOf(from: string, module: string): string | null {
  if (module.startsWith('#')) return module.slice(1)
  return module.startsWith('.') ? join(dirname(from), module).replaceAll('\\', '/') : null
}

/** What a file imports of the product's own, by name; types are left out. */
function importedBy(path: string): Map<string, string> {
  const imported = new Map<string, string>()
  for (const [, names = '', module = ''] of read(path).matchAll(/^import \{([^}]+)\} from '([^']+)'$/gm)) {
    const file = fileOf(path, module)
    if (file === null) continue
    for (const name of names.split(',').map((each) => each.trim())) if (/^[a-z]/.test(name)) imported.set(name, file)
  }
  return imported
}

/** The first sentence of the comment that stands directly before an export. */
export function firstSentence(text: string, name: string): string {
  const at = text.search(new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm'))
  const before = text.slice(0, Math.max(at, 0)).trimEnd()
  if (at < 0 || !before.endsWith('*/')) return ''
  const comment = before.slice(before.lastIndexOf('/**') + 3, -2).replaceAll(/\s*\n\s*\*\s?/g, ' ')
  return (/^.*?[^.]\.(?=\s|$)/.exec(comment.trim())?.[0] ?? comment.trim()).replace(/\.$/, '').replaceAll(/["`]/g, "'")
}

const step = (name: string, at: string): RoadStep => ({ name, at, says: firstSentence(read(at), name) })

// A refusal is no step of the road, and a route that writes takes the transaction that writes.
const aside = new Set(['problem', 'transactRead'])

/** The imported functions that a piece of a file calls, in the order of their first call. */
function callsIn(path: string, piece: string): RoadStep[] {
  const imported = importedBy(path)
  const names = new Set([...piece.matchAll(/(?<![.\w])(\w+)\(/g)].map((found) => found[1] ?? ''))
  return [...names].flatMap((name) => {
    const file = imported.get(name)
    return file === undefined || aside.has(name) ? [] : [step(name, file)]
  })
}

/** From `begin` to `end`, both found in the file. */
function piece(path: string, begin: string, end: string): string {
  const text = read(path)
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from + begin.length)
  if (from < 0 || to < 0) throw new Error(`${path} has no "${begin}" any more: mend cycle/request-road.ts`)
  return text.slice(from + begin.length, to)
}

/** The road of a household's striking-off, from the network to its entry in the file. */
export function requestRoad(): RoadPart[] {
  const app = 'server/app.ts'
  const imported = importedBy(app)
  const chain = [...read(app).matchAll(/^ {2}app\.use\((?:'[^']*', )?(\w+)\)/gm)].flatMap(([, name = '']) => {
    const file = imported.get(name)
    return file === undefined ? [] : [step(name, file)]
  })
  const [enter, routes, write] = ['door/enter.ts', 'cycle/05-register/routes.ts', 'cycle/05-register/enter.ts']
  return [
    { title: 'the network', at: 'server/http/listen.ts', steps: [step('listenHttp', 'server/http/listen.ts')] },
    { title: 'the one app', at: app, steps: [step('makeApp', app), ...chain] },
    { title: 'the door', at: enter, steps: callsIn(enter, piece(enter, 'export function enter<', '\n}\n')) },
    {
      title: 'the room',
      at: routes,
      steps: callsIn(routes, piece(routes, '.openapi(deregister,', '\n  })\n')),
    },
    {
      title: 'what it writes',
      at: write,
      steps: callsIn(write, piece(write, 'export async function write(', '\n}\n')),
    },
  ]
}
