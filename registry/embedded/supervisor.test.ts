import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { isAlive } from './presence.ts'
import { start, folder, madeFolder, child, ended, zombie, numbers, quit, tidy } from './supervisor.testing.ts'

tidy()

describe('the embedded server', () => {
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

  test('takes no connection from the network, nor without the password', async () => {
    const server = await start({ data_dir: await madeFolder() })
    expect(server.connection.host).toMatch(/^\//)
    const client = new Client({ ...server.connection, database: 'postgres' })
    await client.connect()
    const { rows } = await client.query(
      "select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync",
    )
    await client.end()
    expect(rows).toEqual([{ listen: '', fsync: 'on' }])
    const stranger = new Client({ ...server.connection, password: 'guess', database: 'postgres' })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(statSync(server.connection.host).mode & 0o077).toBe(0)
    expect(statSync(join(server.folder, 'password')).mode & 0o077).toBe(0)
    await server.stop()
  })
})

describe('a data folder that cannot be', () => {
  test('is a problem with a code', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    await expect(start({ data_dir: join(file, 'data') })).rejects.toMatchObject({
      code: 'registry_data_dir_unwritable',
    })
  })

  test('without its password file is a problem, not a new password', async () => {
    const data_dir = folder()
    mkdirSync(join(data_dir, 'registry', 'pgdata'), { recursive: true })
    await expect(start({ data_dir })).rejects.toMatchObject({ code: 'registry_password_missing' })
  })
})
