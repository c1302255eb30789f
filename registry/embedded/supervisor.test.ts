import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { start, folder, madeFolder, tidy } from './supervisor.testing.ts'

tidy()

describe('the embedded server', () => {
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
