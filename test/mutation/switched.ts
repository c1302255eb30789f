import { changesIn, type Mutant } from './mutants.ts'

interface Place {
  start: number
  end: number
  shape: Mutant['shape']
  mutants: Mutant[]
  inner: Place[]
}

/** Places of one file, the outer before the inner; of one range the statement before its expression. */
function placesOf(mutants: readonly Mutant[]): Place[] {
  const places = new Map<string, Place>()
  for (const mutant of mutants) {
    const { start, end } = mutant.at
    const key = `${start} ${end} ${mutant.shape}`
    const place = places.get(key) ?? { start, end, shape: mutant.shape, mutants: [], inner: [] }
    place.mutants.push(mutant)
    places.set(key, place)
  }
  const sorted = [...places.values()].toSorted(
    (a, b) => a.start - b.start || b.end - a.end || (a.shape === 'statement' ? -1 : 1),
  )
  const top: Place[] = []
  const open: Place[] = []
  for (const place of sorted) {
    while ((open.at(-1)?.end ?? Infinity) < place.end || (open.at(-1)?.end ?? Infinity) <= place.start) open.pop()
    const outer = open.at(-1)
    if (outer) outer.inner.push(place)
    else top.push(place)
    open.push(place)
  }
  return top
}

/**
 * The file with all these mutants in it, each switched on by its number: `switchUrl` exports `on(id)`. With none switched on
 * it does what it did. Lines stay where they are.
 */
export function switched(path: string, text: string, mutants: readonly Mutant[], switchUrl: string): string {
  if (mutants.length === 0) return text
  const { statements } = changesIn(path, text)

  const emit = (start: number, end: number, places: readonly Place[]): string => {
    let out = ''
    let at = start
    for (const place of places) {
      // A bracket where a statement begins would otherwise belong to the line before.
      const begins = place.shape === 'expression' && statements.delete(place.start)
      out += text.slice(at, place.start) + (begins ? ';' : '') + emitPlace(place)
      at = place.end
    }
    return out + text.slice(at, end)
  }
  const emitPlace = (place: Place): string => {
    const kept = emit(place.start, place.end, place.inner)
    if (place.shape === 'statement') {
      const on = place.mutants.map(({ id }) => `mutantOn(${id})`).join(' || ')
      return `{ if (${on}) {} else { ${kept} } }`
    }
    const choices = place.mutants.map(({ id, to }) => `mutantOn(${id}) ? (${to}) : `).join('')
    return `(${choices}(${kept}))`
  }
  return `import { on as mutantOn } from '${switchUrl}'; ${emit(0, text.length, placesOf(mutants))}`
}
