import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { LinkageProblem } from '#engines/linkage/errors.ts'

/** Told where both lists are one file, by its path or byte for byte: each record would be linked with itself. */
export async function sameList(left: string, right: string | undefined): Promise<LinkageProblem[]> {
  if (right === undefined) return []
  const path = (await realpath(left)) === (await realpath(right))
  if (!path && !(await sameBytes(left, right))) return []
  const message = `${left} and ${right} are the same list: each record will be linked with itself. To find records of one list that are the same, leave --right out.`
  return [{ code: 'linkage_same_list', message, detail: { left, right } }]
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(left), stat(right)])
  if (a.size !== b.size) return false
  const [one, other] = await Promise.all([left, right].map(digestOf))
  return one === other
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
