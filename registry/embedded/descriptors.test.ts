import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbedded } from './supervisor.ts'

// Opens files until none can be opened any more, then asks whether the server lives.
const script = `
  const { openSync } = await import('node:fs')
  const { isRunning } = await import(process.argv[1])
  const pid = Number(process.argv[2])
  if (!isRunning(pid)) throw new Error('not running to begin with')
  let opened = 0
  try {
    for (;; opened += 1) openSync('/dev/null')
  } catch (error) {
    if (error.code !== 'EMFILE') throw error
  }
  process.stdout.write(JSON.stringify({ opened, alive: isRunning(pid), other: isRunning(2 ** 22 - 3) }))`

test.skipIf(process.platform !== 'linux')(
  'a living server is not taken for dead when every descriptor is in use',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doorstep-descriptors-'))
    chmodSync(folder, 0o755)
    const server = await startEmbedded({ data_dir: folder, flush_new: false })
    try {
      const command = 'ulimit -n 96; exec "$0" --input-type=module -e "$1" "$2" "$3"'
      const supervisor = new URL('./supervisor.ts', import.meta.url).href
      const child = spawnSync('sh', ['-c', command, process.execPath, script, supervisor, String(server.pid)], {
        encoding: 'utf8',
      })
      expect(child.stderr).toBe('')
      const found = JSON.parse(child.stdout) as { opened: number; alive: boolean; other: boolean }
      expect(found.opened).toBeLessThan(96)
      expect(found).toMatchObject({ alive: true, other: false })
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
