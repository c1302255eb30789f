// Runs the conformance cases of CEL in the three back ends and writes engines/rules/compare/cel-spec.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { celSpecPage, missesOf, readCelSpec } from '#engines/rules/compare/cel-spec.ts'
import { openBackends } from './backends.ts'

const { duckdb, postgres, close } = await openBackends()
try {
  const spec = readCelSpec()
  const misses = await missesOf(spec, { duckdb, postgres })
  writeFileSync(path.join(import.meta.dirname, '../../engines/rules/compare/cel-spec.md'), celSpecPage(spec, misses))
  for (const [back_end, wrong] of Object.entries(misses)) {
    console.log(`${back_end}: ${spec.inside.length - wrong.length} of ${spec.inside.length}`)
    if (wrong.length > 0) {
      console.log(JSON.stringify(wrong, null, 2))
      process.exitCode = 1
    }
  }
} finally {
  await close()
}
