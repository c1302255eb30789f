/** Sets that grow together: of any two keys, are they in one set? The smallest key names its set. */
export interface Groups {
  /** The name of the set that holds the key. */
  of(key: string): string
  join(a: string, b: string): void
}

export function groups(): Groups {
  const parent = new Map<string, string>()
  const of = (key: string): string => {
    let top = key
    for (let next = parent.get(top); next !== undefined; next = parent.get(top)) top = next
    // Shorten the way for the next question.
    for (let each = key; each !== top;) {
      const next = parent.get(each) ?? top
      parent.set(each, top)
      each = next
    }
    return top
  }
  return {
    of,
    join(a, b) {
      const [left, right] = [of(a), of(b)]
      if (left !== right) parent.set(left < right ? right : left, left < right ? left : right)
    },
  }
}
