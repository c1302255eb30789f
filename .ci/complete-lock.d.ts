interface Lock {
  packages: Record<string, { engines?: { node?: string } }>
}
export function tooNew(lock: Lock): [string, unknown][]
