import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cloneEmbedded, embeddedFolders, hasEmbedded } from './clone.ts'
import { openRegistry } from './open.ts'
import { decrypt, encrypt } from './secrets.ts'

test('a copy of a stopped registry starts with its rows and its key', async () => {
  const base = mkdtempSync(join(tmpdir(), 'doorstep-clone-'))
  const from = join(base, 'from')
  const to = join(base, 'to')
  try {
    const first = await openRegistry({ data_dir: from, settings: { fsync: 'off' } })
    await first.app.insertInto('setting').values({ key: 'told', value: '"once"' }).execute()
    const sealed = encrypt(first.keys, 'person.national_id', '1')
    await first.close()
    expect(hasEmbedded(to)).toBe(false)
    cloneEmbedded(from, to)
    expect(hasEmbedded(to)).toBe(true)
    const second = await openRegistry({ data_dir: to })
    const row = await second.app.selectFrom('setting').select('value').where('key', '=', 'told').executeTakeFirst()
    expect(row?.value).toBe('once')
    expect(decrypt(second.keys, 'person.national_id', sealed)).toBe('1')
    await second.close()
  } finally {
    for (const folder of [...embeddedFolders(from), ...embeddedFolders(to)])
      rmSync(folder, { recursive: true, force: true })
    rmSync(base, { recursive: true, force: true })
  }
})
