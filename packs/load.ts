import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { z } from 'zod'
import { files, Manifest, Words } from './schema/schema.ts'
import type { Pack, PackProblem } from './schema/schema.ts'
import { parseOnce } from './yaml-once.ts'

export type { Pack, PackProblem } from './schema/schema.ts'

/** Data files decide and are hashed; readme files, tests and hidden files do not. */
const IS_DATA =
  /^(?:pack\.yaml|(?:rules|words)\/[\w-]+\.yaml|forms\/[\w-]+\.md|areas\/[\w-]+\.(?:csv|csv\.gz|geojson))$/

type Reading = { texts: Map<string, string>; problems: PackProblem[] }

/** Data files of a pack by name (`rules/indicators.yaml`), as bytes: what its hash is taken over. */
export type PackFiles = ReadonlyMap<string, Uint8Array>

/**
 * Reads a pack's folder. `pack` is absent when a problem stands in the way; every problem found is reported, not the
 * first alone. Files are checked for shape here; that rules compile and words are complete is `checkPack`'s work.
 */
export async function loadPack(folder: string): Promise<{ pack?: Pack; problems: PackProblem[] }> {
  return readPack(await packFiles(folder))
}

/** The data files of a folder, unread. */
export async function packFiles(folder: string): Promise<PackFiles> {
  const files = new Map<string, Uint8Array>()
  for (const name of await dataFiles(folder)) files.set(name, await readFile(path.join(folder, name)))
  return files
}

/** As `loadPack`, of files held in memory: a folder's, or a folder's with some of them drafted otherwise. */
export function readPack(given: PackFiles): { pack?: Pack; problems: PackProblem[] } {
  const held = new Map([...given].filter(([name]) => IS_DATA.test(name)).sort(([a], [b]) => (a < b ? -1 : 1)))
  const hash = createHash('sha256')
  const reading: Reading = { texts: new Map(), problems: [] }
  for (const [name, bytes] of held) {
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
    try {
      const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      reading.texts.set(name.replace(/\.gz$/, ''), Buffer.from(plain).toString('utf8'))
    } catch {
      reading.problems.push(problem('pack_bad_file', name, 'The file cannot be unpacked.', 'Pack it again with gzip.'))
    }
  }

  const manifest = readYaml(reading, 'pack.yaml', Manifest, true)
  const parameters = readYaml(reading, 'rules/parameters.yaml', files.parameters)
  const derived = readYaml(reading, 'rules/derived.yaml', files.derived)
  const indicators = readYaml(reading, 'rules/indicators.yaml', files.indicators, true)
  const verdict = readYaml(reading, 'rules/verdict.yaml', files.verdict, true)
  const vetoes = readYaml(reading, 'rules/vetoes.yaml', files.vetoes)
  const causes = readYaml(reading, 'rules/causes.yaml', files.causes)
  const measures = readYaml(reading, 'rules/measures.yaml', files.measures)
  const exit = readYaml(reading, 'rules/exit.yaml', files.exit)
  const alerts = readYaml(reading, 'rules/alerts.yaml', files.alerts)
  const changes = readYaml(reading, 'rules/changes.yaml', files.changes)
  const appraisal = readYaml(reading, 'rules/appraisal.yaml', files.appraisal)

  const words: Record<string, Words> = {}
  for (const language of manifest?.languages ?? []) {
    const found = readYaml(reading, `words/${language}.yaml`, Words, true)
    if (found) words[language] = found
  }
  const form_sources: Record<string, string> = {}
  for (const form of manifest?.forms ?? []) {
    const text = reading.texts.get(`forms/${form}.md`)
    if (text === undefined) reading.problems.push(missing(`forms/${form}.md`))
    else form_sources[form] = text
  }
  const area_files = Object.fromEntries(
    [...reading.texts].filter(([name]) => name.startsWith('areas/') && name.endsWith('.csv')),
  )
  if (!('areas/areas.csv' in area_files)) reading.problems.push(missing('areas/areas.csv'))

  if (reading.problems.length > 0 || !manifest || !indicators || !verdict) return { problems: reading.problems }
  const pack: Pack = {
    ...manifest,
    pack_hash: hash.digest('hex'),
    files: held,
    form_sources,
    area_files,
    village_shapes: reading.texts.get('areas/village-shapes.geojson') ?? null,
    parameters: parameters?.parameters ?? [],
    derived: derived?.derived ?? [],
    parts: derived?.parts,
    indicators: indicators.indicators,
    verdicts: verdict.verdicts,
    priority: verdict.priority ?? null,
    vetoes: vetoes?.vetoes ?? [],
    causes: causes?.causes ?? [],
    joined_causes: causes?.joined ?? null,
    measures: measures?.measures ?? [],
    sharing: measures?.sharing ?? null,
    exit: exit ?? null,
    alerts: alerts?.alerts ?? [],
    escalation: alerts?.escalation ?? [],
    changes: changes?.changes ?? [],
    appraisal: appraisal ?? null,
    words,
  }
  return { pack, problems: [] }
}

async function dataFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  return entries
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => IS_DATA.test(name))
    .sort()
}

const problem = (code: PackProblem['code'], file: string, message: string, hint?: string): PackProblem =>
  hint === undefined ? { code, file, message } : { code, file, message, hint }

const missing = (file: string): PackProblem =>
  problem('pack_missing_file', file, `The pack has no ${file}.`, 'Add the file, or correct its name.')

function readYaml<T extends z.ZodType>(
  reading: Reading,
  file: string,
  shape: T,
  required = false,
): z.infer<T> | undefined {
  const text = reading.texts.get(file)
  if (text === undefined) {
    if (required) reading.problems.push(missing(file))
    return undefined
  }
  let value: unknown
  try {
    value = parseOnce(text)
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    reading.problems.push(problem('pack_bad_file', file, message, 'Text with a comma or colon needs quotes in YAML.'))
    return undefined
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const at = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
    reading.problems.push({ code: 'pack_bad_shape', file, at: at.replace(/^\./, ''), message: issue.message })
  }
  return undefined
}
