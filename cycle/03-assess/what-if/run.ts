import { join } from 'node:path'
import { placeOf, type Place } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { sayValue } from '#packs/explain/reasons.ts'
import { standAt, type Rulebook } from '#packs/rulebook.ts'
import type { Pack, Text } from '#packs/schema/schema.ts'
import { folderExists, openDuck, partitionsIn, type Duck, type Partition } from '#registry/copies/analytics.ts'
import { transactRead } from '#registry/transaction.ts'
import { childrenOf } from '../store-summary.ts'
import { comparePartition } from './store-compare.ts'
import { countiesOf, dropOlder, evidenceFolder, evidenceMark, headsOf, recordsOf, writeEvidence } from './store.ts'
import { describeChanges, type DescribedChange } from './changes.ts'
import { takenFields, type TakenFields } from './fields.ts'
import { makeTally, maskName, type MovedHousehold, type Tally, type Totals } from './add-up.ts'

export interface WhatIfResult extends Omit<Totals, 'areas' | 'moved' | 'causes' | 'groups'> {
  groups: (Totals['groups'][number] & { label: Text })[]
  causes: (Totals['causes'][number] & { label: Text })[]
  area_code: string
  level: string
  reference_date: string
  pack_hash: string
  changed: DescribedChange[]
  counties: number
  areas: (Totals['areas'][number] & { name: Text | null; level: string })[]
  /** By village, for the map: only where the area is a county or lies below. */
  villages: Totals['areas']
  moved: (MovedHousehold & { head: string | null })[]
  /** Where the time went: taking evidence out of the registry (nothing when it was there), and asking the rules. */
  seconds: { evidence: number; rules: number }
}

export interface Asked {
  area_code: string
  before: Rulebook
  after: Rulebook
  reference_date: string
}

/**
 * Whom the changed rules would find poor that the rules in force do not, and the reverse, county by county. Reads
 * through the role that cannot write; evidence taken out is kept in the data folder until it changes. Throws
 * `not_found` for a code that is no area.
 */
export async function whatIf(c: Entered, asked: Asked, progress: Progress): Promise<WhatIfResult> {
  const { registry, actor, settings } = c.var
  const { before, after, area_code } = asked
  const read = <T>(work: Parameters<typeof transactRead<T>>[2]) =>
    transactRead(registry, actor, work, { isolation_level: 'repeatable read' })
  const { place, counties, children } = await read(async (tx) => {
    const found = await placeOf(tx, area_code)
    return { place: found, counties: await countiesOf(tx, found), children: await childrenOf(tx, area_code) }
  })
  const fields = takenFields([before, after])
  const lengths = lengthsOf(after.pack, place.level)
  const root = join(settings.data_dir, 'what-if')
  const tally = makeTally(before, after)
  const heads = new Map<string, string>()
  const seconds = { evidence: 0, rules: 0 }
  const duck = await openDuck()
  try {
    for (const [index, county_code] of counties.entries()) {
      const report = (share: number, words: Words) =>
        progress(Math.floor(((index + share) / counties.length) * 100), 100, ofCounties(words, index, counties.length))
      const began = performance.now()
      const reading = { done: 0, of: 0 }
      const folder = await withProgress(
        () => (reading.of === 0 ? null : report((0.7 * reading.done) / reading.of, wordsOfReading(reading))),
        () =>
          read(async (tx) => {
            const { mark, households } = await evidenceMark(tx, county_code)
            if (households === 0) return null
            const wanted = evidenceFolder(root, county_code, mark, fields)
            if (folderExists(wanted)) return wanted
            reading.of = households
            const batches = recordsOf(tx, county_code)
            await writeEvidence(wanted, county_code, { fields, batches, progress: (done) => (reading.done = done) })
            dropOlder(root, county_code)
            return wanted
          }),
      )
      seconds.evidence += (performance.now() - began) / 1000
      if (folder === null) continue
      await report(0.75, { en: 'Asking the rules', zh: '正在按规则测算' })
      const asking = performance.now()
      const area = { prefix: place.level === 'nation' ? '' : area_code, length: lengths.finest }
      for (const partition of partitionsIn(folder, Object.keys(fields.lists)))
        await addPartition(duck, partition, { ...asked, fields, area }, tally)
      seconds.rules += (performance.now() - asking) / 1000
    }
  } finally {
    duck.close()
  }
  const totals = tally.totals(lengths.child)
  for (const [county_code, rows] of Map.groupBy(totals.moved, (row) => row.county_code)) {
    const ids = rows.map((row) => row.household_id)
    for (const row of await read((tx) => headsOf(tx, county_code, ids))) heads.set(row.household_id, row.head_name)
  }
  await progress(100, 100, { en: 'Done', zh: '完成' })
  const names = new Map(children.map((child) => [child.area_code, child.name]))
  return resultOf(asked, place, tally, {
    totals,
    counties: tally.counties(),
    seconds,
    lengths,
    nameOf: (code) => names.get(code) ?? null,
    headOf: (household_id) => heads.get(household_id) ?? null,
  })
}

/** Tells now and then how far a transaction is: from outside it, since a read transaction may not write its progress. */
async function withProgress<T>(report: () => Promise<void> | null, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void report()?.catch(() => {}), 1000)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

interface Words {
  en: string
  zh: string
}

const wordsOfReading = ({ done, of }: { done: number; of: number }): Words => ({
  en: `Read ${done} of ${of} households`,
  zh: `已读取 ${done} / ${of} 户`,
})

/** What stands beside the totals: how the run went, and where names are found. */
interface Ways {
  totals: Totals
  counties: number
  seconds: WhatIfResult['seconds']
  lengths: Lengths
  nameOf: (area_code: string) => Text | null
  headOf: (household_id: string) => string | null
}

/** The answer of a what-if from its totals; also where no registry was asked. */
export function resultOf(asked: Asked, place: Pick<Place, 'level'>, tally: Tally, ways: Ways): WhatIfResult {
  const { before, after, area_code, reference_date } = asked
  const { lengths, totals } = ways
  return {
    ...totals,
    area_code,
    level: place.level,
    reference_date,
    pack_hash: before.pack.pack_hash,
    changed: describeChanges(before, after, (book) => standAt(book, reference_date, area_code).params),
    counties: ways.counties,
    groups: totals.groups.map((row) => {
      return { ...row, label: row.by === 'sex' && row.code !== null ? memberWord(before, 'sex', row.code) : {} }
    }),
    causes: totals.causes.map((row) => {
      const cause = [...after.pack.causes, ...before.pack.causes].find((each) => each.code === row.cause)
      return { ...row, label: cause?.label ?? {} }
    }),
    areas: totals.areas.map((row) => ({ ...row, name: ways.nameOf(row.area_code), level: lengths.child_level })),
    villages: lengths.finest > lengths.child ? tally.totals(lengths.finest).areas : [],
    moved: totals.moved.map((row) => {
      const head = ways.headOf(row.household_id)
      return { ...row, head: head === null ? null : maskName(head) }
    }),
    seconds: { evidence: rounded(ways.seconds.evidence), rules: rounded(ways.seconds.rules) },
  }
}

/** A choice of a member's field in the pack's languages. */
function memberWord({ pack, fields }: Rulebook, field: string, code: string): Text {
  const wording = { pack, fields: { household: fields.lists.members ?? {}, lists: {} } }
  return Object.fromEntries(pack.languages.map((language) => [language, sayValue(field, code, language, wording)]))
}

/** One partition under both rulebooks, into the tally. */
export async function addPartition(
  duck: Duck,
  partition: Partition,
  asked: {
    before: Rulebook
    after: Rulebook
    reference_date: string
    fields: TakenFields
    area: { prefix: string; length: number }
  },
  tally: Tally,
): Promise<void> {
  const { before, after, fields, area, reference_date: date } = asked
  const question = { before, after, fields, date, prefix: area.prefix, area_length: area.length }
  tally.add(await comparePartition(duck, partition, question, tally.room()))
}

export interface Lengths {
  /** Of the codes of the areas directly below. */
  child: number
  child_level: string
  /** Of the finest figures kept: villages below a county, else the areas directly below. */
  finest: number
}

/** How far down the figures of an area of this level go; the pack says how long the codes of each level are. */
export function lengthsOf(pack: Pack, level: string): Lengths {
  const index = pack.levels.findIndex((each) => each.level === level)
  const child = pack.levels[index + 1] ?? pack.levels[index] ?? { level, code_length: 0 }
  const county = pack.levels.findIndex((each) => each.level === 'county')
  const village = pack.levels.find((each) => each.level === 'village')?.code_length ?? 0
  const finest = index >= county && county >= 0 ? Math.max(village, child.code_length) : child.code_length
  return { child: child.code_length, child_level: child.level, finest }
}

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100

function ofCounties(words: Words, index: number, of: number): Words {
  if (of === 1) return words
  return { en: `County ${index + 1} of ${of}: ${words.en}`, zh: `第 ${index + 1} / ${of} 个县：${words.zh}` }
}
