import { problem } from '#door/problems.ts'
import { readAreas } from '#packs/areas.ts'
import { openDuck, partitionsIn } from '#registry/copies/analytics.ts'
import { addPartition, lengthsOf, resultOf, type Asked, type WhatIfResult } from './run.ts'
import { takenFields } from './fields.ts'
import { makeTally } from './add-up.ts'

/**
 * A what-if over the Parquet files of a nation, without a registry: `households/<part>.parquet` with `county_code`,
 * `household_id`, `area_code` and one column for each card field, `members/<part>.parquet` and
 * `registers/<part>.parquet` with the same key and theirs. A column that is not there is an answer nobody gave;
 * `<list>_present`, where there is one, tells a list that is missing from one that is empty. Throws
 * `whatif_no_snapshot`, and `not_found` for a code that is no area of the pack.
 */
export async function snapshotWhatIf(
  folder: string,
  asked: Asked,
  progress: (done: number, total: number) => void,
): Promise<WhatIfResult> {
  const { before, after, area_code } = asked
  const began = performance.now()
  const fields = takenFields([before, after])
  const partitions = partitionsIn(folder, Object.keys(fields.lists))
  if (partitions.length === 0) throw problem('whatif_no_snapshot', { detail: `${folder} has no households/*.parquet.` })
  const areas = new Map(readAreas(after.pack).map((area) => [area.area_code, area]))
  const area = areas.get(area_code)
  if (!area) throw problem('not_found', { detail: `There is no area ${area_code}.` })
  const lengths = lengthsOf(after.pack, area.level)
  const prefix = area.level === 'nation' ? '' : area_code
  const tally = makeTally(before, after)
  const duck = await openDuck()
  try {
    for (const [index, partition] of partitions.entries()) {
      await addPartition(duck, partition, { ...asked, fields, area: { prefix, length: lengths.finest } }, tally)
      progress(index + 1, partitions.length)
    }
  } finally {
    duck.close()
  }
  const totals = tally.totals(lengths.child)
  return resultOf(asked, area, tally, {
    totals,
    counties: tally.counties(),
    seconds: { evidence: 0, rules: (performance.now() - began) / 1000 },
    lengths,
    nameOf: (code) => areas.get(code)?.name ?? null,
    headOf: () => null,
  })
}
