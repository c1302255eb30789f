import type { ReadTx, Tx } from '#registry/transaction.ts'

export interface NewDevice {
  key_hash: string
  account_id: string
  area_code: string
  label: string
  created_at: string
}

export async function insertDevice(tx: Tx, device: NewDevice): Promise<void> {
  await tx
    .insertInto('device_key')
    .values({ ...device, role: 'surveyor', last_seen_at: null, revoked_at: null })
    .execute()
}

/** Device keys of an area and below, newest first; the keys themselves are not kept. */
export async function listDevices(tx: ReadTx, prefix: string) {
  return await tx
    .selectFrom('device_key')
    .innerJoin('account', 'account.account_id', 'device_key.account_id')
    .leftJoin('area', 'area.area_code', 'device_key.area_code')
    .select([
      'key_hash as device_id',
      'label',
      'device_key.area_code',
      'area.name as area_name',
      'account.name as account_name',
      'device_key.created_at',
      'last_seen_at',
      'revoked_at',
    ])
    .where('device_key.area_code', '^@', prefix)
    .orderBy('device_key.created_at', 'desc')
    .limit(500)
    .execute()
}

/** A key that opens something still, of this person, place and name. */
export async function liveDevice(tx: ReadTx, device: Pick<NewDevice, 'account_id' | 'area_code' | 'label'>) {
  return await tx
    .selectFrom('device_key')
    .select('key_hash')
    .where('account_id', '=', device.account_id)
    .where('area_code', '=', device.area_code)
    .where('label', '=', device.label)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

export async function readDevice(tx: ReadTx, key_hash: string) {
  const found = await tx
    .selectFrom('device_key')
    .select(['key_hash', 'area_code', 'label', 'revoked_at'])
    .where('key_hash', '=', key_hash)
    .executeTakeFirst()
  return found ?? null
}

export async function revokeDevice(tx: Tx, key_hash: string, now: string): Promise<void> {
  await tx.updateTable('device_key').set({ revoked_at: now }).where('key_hash', '=', key_hash).execute()
}
