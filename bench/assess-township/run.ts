// Assesses a made township in JavaScript, as the room assess does chunk by chunk. `node bench/assess-township/run.ts`
import { cpus } from 'node:os'
import path from 'node:path'
import { assessRecord, followUpOf } from '#cycle/03-assess/judge/assess.ts'
import { diagnose } from '#cycle/06-diagnose/diagnose.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { randomRecords } from '#test/records/records.ts'

const HOUSEHOLDS = Number(process.argv[2] ?? 17_000)
const ROUNDS = 5

const { pack } = await loadPack(path.join(import.meta.dirname, '../../packs/china-2014'))
if (!pack) throw new Error('the pack does not load')
const book = rulebookOf(pack)
const households = randomRecords(book, HOUSEHOLDS, 1).map((record, index) => ({
  county_code: '360781',
  household_id: `360781-${String(index).padStart(7, '0')}`,
  area_code: `3607811072${String(index % 40).padStart(2, '0')}001`,
  head_name: '某某',
  instance_id: `uuid:${index}`,
  surveyed_on: '2014-04-20',
  evidence_sha256: '',
  record,
}))

function time(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

const verdicts: Record<string, number> = {}
let bytes = 0
function assess(): void {
  for (const household of households) {
    const assessed = assessRecord(book, household, pack!.reference_date)
    followUpOf(book, assessed)
    verdicts[assessed.verdict] = (verdicts[assessed.verdict] ?? 0) + 1
  }
}

const cold_ms = time(assess)
const rounds = Array.from({ length: ROUNDS }, () => time(assess)).sort((a, b) => a - b)
const warm_ms = rounds[Math.floor(ROUNDS / 2)]!
const diagnosed = Array.from({ length: ROUNDS }, () =>
  time(() => households.forEach((household) => diagnose(book, household, pack.reference_date))),
).sort((a, b) => a - b)
const diagnose_ms = diagnosed[Math.floor(ROUNDS / 2)]!
for (const household of households.slice(0, 1000)) {
  bytes += Buffer.byteLength(JSON.stringify(assessRecord(book, household, pack.reference_date)))
}

const per_second = (ms: number) => Math.round(HOUSEHOLDS / (ms / 1000))
const result = {
  households: HOUSEHOLDS,
  pack: `${pack.id} ${pack.version}`,
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  first_round_ms: Math.round(cold_ms),
  median_ms: Math.round(warm_ms),
  households_per_second: per_second(warm_ms),
  diagnose_median_ms: Math.round(diagnose_ms),
  diagnosed_per_second: per_second(diagnose_ms),
  assessment_bytes: Math.round(bytes / 1000),
  verdicts: Object.fromEntries(Object.entries(verdicts).map(([code, count]) => [code, count / (ROUNDS + 1)])),
}
console.log(`${result.households_per_second} households assessed a second, ${result.diagnosed_per_second} diagnosed`)
console.log(JSON.stringify(result, null, 2))
