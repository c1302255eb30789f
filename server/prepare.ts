import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings } from '#door/settings.ts'
import { loadPack } from '#packs/load.ts'
import { keepDemo } from './demo-world.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Build the browser's files where they are not built yet. */
export async function prepareWeb(): Promise<void> {
  if (existsSync(join(root, 'web', 'dist', 'index.html'))) return
  const { build } = await import('vite')
  await build({ root: join(root, 'web'), configFile: join(root, 'web', 'vite.config.ts'), logLevel: 'warn' })
}

/** Pages and the demo's township: everything that `npm start` would otherwise make first. */
export async function prepareAll(): Promise<void> {
  console.log('doorstep: building the pages')
  await prepareWeb()
  const settings = readSettings({ DOORSTEP_DEMO: '1', DOORSTEP_DATA: tmpdir() }, root)
  const { pack } = await loadPack(settings.pack_dir)
  if (!pack) return
  console.log('doorstep: a township of 17,000 households lives from 2014 to 2017 (about four minutes)')
  let last = ''
  await keepDemo(settings, pack, (message) => {
    if (message !== last) console.log(`  ${message}`)
    last = message
  })
}
