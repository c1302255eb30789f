// npm run truth:causes: how often the rules find the true main cause, without living a journey.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadPack } from '#packs/load.ts'
import { confusionTable, scoreCauses } from '../country/causes.ts'
import { generate } from '../country/generate.ts'

const { values } = parseArgs({
  options: {
    households: { type: 'string', default: '17000' },
    seed: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log('npm run -s truth:causes -- [--households 17000] [--seed 2] [--json]')
  process.exit(0)
}

const out_dir = await mkdtemp(join(tmpdir(), 'doorstep-causes-'))
try {
  const { pack, problems } = await loadPack(fileURLToPath(new URL('../../packs/china-2014', import.meta.url)))
  if (!pack) throw new Error(problems.map((each) => each.message).join('\n'))
  console.error(`Making ${values.households} households, seed ${values.seed}`)
  await generate({ households: Number(values.households), seed: Number(values.seed), out_dir })
  const found = await scoreCauses(out_dir, pack)
  if (values.json) console.log(JSON.stringify({ seed: Number(values.seed), ...found }))
  else {
    for (const [name, score] of Object.entries(found)) {
      console.log(
        `${name}: ${score.households} truly poor households; main cause right ${(score.main_cause_right * 100).toFixed(1)} %, ` +
          `among the causes ${(score.among_causes * 100).toFixed(1)} %, none ${(score.none * 100).toFixed(1)} %`,
      )
      console.log(`${confusionTable(score)}\n`)
    }
    const { sure, sure_right } = found.joined
    console.log(
      `joined: sure of ${(sure * 100).toFixed(1)} %; of these the main cause is right in ${(sure_right * 100).toFixed(1)} %`,
    )
  }
} finally {
  await rm(out_dir, { recursive: true, force: true })
}
