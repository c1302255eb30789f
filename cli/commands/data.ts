import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { problem } from '#door/problems.ts'
import { elsewhere, embeddedFolders, sizeOf } from '#registry/embedded/folders.ts'
import { liveUsers } from '#registry/embedded/presence.ts'
import { example } from '../example.ts'
import { settingsOf, type Common } from '../open.ts'
import { tell } from '../tell.ts'

const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

/** Where embedded registries keep their files on this machine, and how they are removed. */
export function dataCommands(program: Command): void {
  const data = program.command('data').description('files of embedded registries on this machine')
  data
    .command('list')
    .description('the data folder, and whatever registries keep outside theirs, with sizes in MB')
    .addHelpText('after', example('data list', '--data ./township data list'))
    .action((_, command: Command) => {
      const options = command.optsWithGlobals<Common>()
      const { data_dir } = settingsOf(options)
      const own = existsSync(data_dir) ? embeddedFolders(data_dir) : []
      const others = elsewhere().filter((each) => !own.includes(each.folder))
      const folders = [
        ...own.map((folder) => ({ folder, megabytes: megabytes(sizeOf(folder)), data_dir, state: stateOf(folder) })),
        ...others.map(({ bytes, ...each }) => ({ ...each, megabytes: megabytes(bytes) })),
      ]
      tell({ data_dir, folders }, options.json)
    })
  data
    .command('remove')
    .description('remove a data folder with all that belongs to it; nothing of it can be read afterwards')
    .argument('[folder]', 'data folder, or a folder that `data list` names (default: the data folder in use)')
    .requiredOption('--yes', 'this is meant')
    .addHelpText('after', example('data remove ./township --yes'))
    .action((folder: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<Common>()
      const target = folder ? resolve(folder) : settingsOf(options).data_dir
      const lone = elsewhere().find((each) => each.folder === target)
      // A folder that holds no registry is somebody's own: it is not ours to remove.
      if (!lone && !existsSync(join(target, 'secret.key')) && !existsSync(join(target, 'registry'))) {
        throw problem('not_found', { detail: `${target} is no data folder of Doorstep.` })
      }
      const folders = lone ? [target] : embeddedFolders(target)
      if (folders.some((each) => stateOf(each) === 'used')) {
        throw problem('data_in_use', { detail: `A process works in ${target}.` })
      }
      const freed = folders.reduce((sum, each) => sum + sizeOf(each), 0)
      for (const each of folders) rmSync(each, { recursive: true, force: true })
      tell({ removed: folders, megabytes: megabytes(freed) }, options.json)
    })
}

function stateOf(folder: string): 'used' | 'kept' {
  const homes = [folder, join(folder, 'registry')].filter((each) => existsSync(each))
  return homes.some((each) => liveUsers(each).length > 0) ? 'used' : 'kept'
}
