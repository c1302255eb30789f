import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { isAlive } from './presence.ts'
import { made, start, folder, madeFolder, child, ended, zombie, numbers, quit, tidy } from './supervisor.testing.ts'

tidy()

const isRoot = process.getuid?.() === 0

describe('the embedded server, further', () => {
  test('survives kill -9 of itself and of Node: what was acknowledged is there', async () => {
    const data_dir = folder()
    const writer = child(data_dir)
    await writer.ready
    process.kill(writer.state.pid, 'SIGKILL')
    await quit(writer.process, 'SIGKILL')
    const server = await start({ data_dir })
    const found = await numbers(server)
    await server.stop()
    expect(writer.state.acknowledged.length).toBeGreaterThanOrEqual(20)
    expect(found).toEqual(expect.arrayContaining(writer.state.acknowledged))
    // At most one more: committed, but killed before the word of it came out.
    expect(found.length).toBeLessThanOrEqual(writer.state.acknowledged.length + 1)
    expect(isAlive(server.pid) && !zombie(server.pid)).toBe(false)
  })

  test('an orphan, whose Node was killed, is adopted and stopped at the end', async () => {
    const data_dir = await madeFolder()
    const writer = child(data_dir)
    await writer.ready
    await quit(writer.process, 'SIGKILL')
    expect(isAlive(writer.state.pid)).toBe(true)
    const server = await start({ data_dir })
    expect(server.pid).toBe(writer.state.pid)
    expect(await numbers(server)).toEqual(expect.arrayContaining(writer.state.acknowledged))
    await server.stop()
    await ended(server.pid)
    expect(existsSync(join(server.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test('a second process adopts it and does not stop it; the last to leave does', async () => {
    const data_dir = await madeFolder()
    const first = child(data_dir)
    await first.ready
    const second = await start({ data_dir })
    expect(second.pid).toBe(first.state.pid)
    await second.stop()
    const before = first.state.acknowledged.length
    await sleep(300)
    expect(first.state.acknowledged.length).toBeGreaterThan(before)
    const third = await start({ data_dir })
    await quit(first.process, 'SIGTERM')
    expect((await numbers(third)).length).toBeGreaterThan(0)
    await third.stop()
    expect(existsSync(join(third.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('stops in good order when Node is sent %s', async (signal) => {
    const data_dir = await madeFolder()
    const writer = child(data_dir)
    await writer.ready
    await quit(writer.process, signal)
    await ended(writer.state.pid)
    const log = readFileSync(join(data_dir, 'registry', 'postgres.log'), 'utf8')
    expect(log).toContain('database system is shut down')
    expect(log).not.toContain('was not properly shut down')
  })

  test('is started again when it dies under a living Node', async () => {
    const server = await start({ data_dir: await madeFolder() })
    const first = server.pid
    process.kill(first, 'SIGKILL')
    while (server.pid === first) await sleep(50)
    expect(server.pid).not.toBe(first)
    const client = new Client({ ...server.connection, database: 'postgres' })
    await client.connect()
    await client.end()
    await server.stop()
    expect(existsSync(join(server.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test('does not take a stranger’s process id in a left-over postmaster.pid for its server', async () => {
    const data_dir = await madeFolder()
    const server = await start({ data_dir })
    await server.stop()
    writeFileSync(join(server.folder, 'pgdata', 'postmaster.pid'), `${process.pid}\n${server.folder}\n`)
    const again = await start({ data_dir })
    expect(again.pid).not.toBe(process.pid)
    await again.stop()
  })
})

describe.skipIf(!isRoot)('as root (skipped: the tests do not run as root)', () => {
  test('under a folder closed to PostgreSQL’s user the files go elsewhere, and a note says where', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'doorstep-closed-'))
    made.push(closed)
    const lines: string[] = []
    const server = await start({ data_dir: join(closed, 'data'), log: (line) => lines.push(line) })
    made.push(server.folder)
    expect(server.folder.startsWith(closed)).toBe(false)
    expect(readFileSync(join(closed, 'data', 'registry-is-elsewhere.txt'), 'utf8').trim()).toBe(server.folder)
    expect(lines.join('\n')).toContain(server.folder)
    await server.stop()
  })

  test('a full disk is a problem with a code, and nothing is left half made', async () => {
    const mount = folder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      console.log('skipped: this machine does not let root mount a small disk')
      return
    }
    try {
      chmodSync(mount, 0o755)
      await expect(start({ data_dir: mount })).rejects.toMatchObject({ code: 'registry_disk_full' })
      expect(existsSync(join(mount, 'registry', 'pgdata'))).toBe(false)
    } finally {
      execFileSync('umount', [mount])
    }
  })
})
