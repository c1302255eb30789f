// npm run demo:report: lives the whole journey without a browser, in a folder of its own, and prints what came out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings } from '#door/settings.ts'
import { loadPack } from '#packs/load.ts'
import { embeddedFolders } from '#registry/embedded/folders.ts'
import { openRegistry } from '#registry/open.ts'
import { begins_at } from '#server/demo/worlds.ts'
import { liveDemo } from '#synthetic/demo/live.ts'
import { placePack } from '#server/place/pack.ts'

const json = process.argv.includes('--json')
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'doorstep-report-'))
const data_dir = join(folder, 'data')
const say = (message: string, done = 0, total = 0) => {
  if (json) return
  if (process.stderr.isTTY) process.stderr.write(`\r${`${message} ${total ? `${done}/${total}` : ''}`.padEnd(78)}`)
  else if (done === 0 || done === total) console.error(message)
}

try {
  const settings = readSettings({ ...process.env, DOORSTEP_DATA: data_dir, DOORSTEP_DEMO: '1' }, root)
  const { pack, problems } = await loadPack(settings.pack_dir)
  if (!pack) throw new Error(problems.map((each) => each.message).join('\n'))
  const registry = await openRegistry({ data_dir })
  try {
    await placePack(registry, pack, say, begins_at)
    const report = await liveDemo({ registry, settings, pack }, join(folder, 'synthetic'), say)
    if (json) console.log(JSON.stringify(report))
    else {
      if (process.stderr.isTTY) process.stderr.write('\n')
      const width = Math.max(...Object.keys(report).map((name) => name.length))
      for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(width)}  ${value}`)
    }
  } finally {
    await registry.close()
  }
} finally {
  for (const each of embeddedFolders(data_dir)) rmSync(each, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
