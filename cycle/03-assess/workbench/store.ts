// The workbench's only SQL: versions of the rules, drafts and their edits. No table here is of a county.
import { sql } from 'kysely'
import type { RuleTexts } from '#packs/overlay.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

/** Anything that reads: a request's transaction, or the registry itself where the server looks what is in force. */
/** The registry's own handle serves too: the rules in force are looked up before anybody has asked. */
type Reader = Pick<ReadTx, 'selectFrom'>

export interface Newest {
  number: number
  rules_hash: string
  pack_hash: string
  folder_hash: string
}

/** The version in force; undefined while nothing was published and the folder's rules hold. */
export async function newestVersion(on: Reader, pack_id: string): Promise<Newest | undefined> {
  return on
    .selectFrom('rule_version')
    .select(['number', 'rules_hash', 'pack_hash', 'folder_hash'])
    .where('pack_id', '=', pack_id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The rule files of one version. */
export async function versionFiles(on: Reader, pack_id: string, number: number): Promise<RuleTexts | undefined> {
  const row = await on
    .selectFrom('rule_version')
    .select('files')
    .where('pack_id', '=', pack_id)
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.files
}

/** All versions, newest first, without their files. */
export async function versionsOf(tx: ReadTx, pack_id: string) {
  return tx
    .selectFrom('rule_version')
    .select([
      'number',
      'rules_hash',
      'parent_hash',
      'pack_hash',
      'folder_hash',
      'title',
      'why',
      'draft_id',
      'drafted_by',
      'drafted_at',
      'published_by',
      'published_at',
    ])
    .where('pack_id', '=', pack_id)
    .orderBy('number', 'desc')
    .execute()
}

export interface NewVersion {
  pack_id: string
  number: number
  rules_hash: string
  parent_hash: string | null
  pack_hash: string
  folder_hash: string
  files: RuleTexts
  title: string
  why: string
  draft_id: string | null
  drafted_by: string[]
  drafted_at: string
  published_by: string | null
  published_at: string
}

/** Adds a version; false where another took its number first. */
export async function addVersion(tx: Tx, version: NewVersion): Promise<boolean> {
  const added = await tx
    .insertInto('rule_version')
    .values({ ...version, files: JSON.stringify(version.files), drafted_by: JSON.stringify(version.drafted_by) })
    .onConflict((at) => at.columns(['pack_id', 'number']).doNothing())
    .executeTakeFirst()
  return Number(added.numInsertedOrUpdatedRows ?? 0) === 1
}

/** A draft; `hold` keeps it from others until the transaction ends. */
export async function draftOf(tx: ReadTx, draft_id: string) {
  return tx.selectFrom('rule_draft').selectAll().where('draft_id', '=', draft_id).executeTakeFirst()
}

/** As `draftOf`, held until the transaction ends: of two who change it the second finds what the first did. */
export async function holdDraft(tx: Tx, draft_id: string) {
  return tx.selectFrom('rule_draft').selectAll().where('draft_id', '=', draft_id).forUpdate().executeTakeFirst()
}

export type Draft = NonNullable<Awaited<ReturnType<typeof draftOf>>>

/** The latest hundred drafts of a pack, open ones first, without their files. */
export async function draftsOf(tx: ReadTx, pack_id: string) {
  return tx
    .selectFrom('rule_draft')
    .select(['draft_id', 'title', 'why', 'revision', 'state', 'created_by', 'created_at', 'updated_by', 'updated_at'])
    .select('parent_hash')
    .where('pack_id', '=', pack_id)
    .orderBy((query) => query.case().when('state', '=', 'open').then(0).else(1).end())
    .orderBy('updated_at', 'desc')
    .limit(100)
    .execute()
}

/** An open draft that this person began in these words and nobody has touched since. */
export async function untouchedDraft(
  tx: ReadTx,
  draft: Pick<Draft, 'pack_id' | 'parent_hash' | 'title' | 'why' | 'files'>,
  by: { account_id: string | null },
) {
  return tx
    .selectFrom('rule_draft')
    .select('draft_id')
    .where('pack_id', '=', draft.pack_id)
    .where('parent_hash', '=', draft.parent_hash)
    .where('title', '=', draft.title)
    .where('why', '=', draft.why)
    .where('created_by', '=', by.account_id)
    .where('state', '=', 'open')
    .where('revision', '=', 1)
    .where(sql<boolean>`files = ${JSON.stringify(draft.files)}::jsonb`)
    .limit(1)
    .executeTakeFirst()
}

export async function addDraft(
  tx: Tx,
  draft: Pick<Draft, 'draft_id' | 'pack_id' | 'parent_hash' | 'parent_files' | 'files' | 'title' | 'why'>,
  by: { account_id: string | null; now: string },
): Promise<void> {
  await tx
    .insertInto('rule_draft')
    .values({
      ...draft,
      parent_files: JSON.stringify(draft.parent_files),
      files: JSON.stringify(draft.files),
      revision: 0,
      state: 'open',
      created_by: by.account_id,
      created_at: by.now,
      updated_by: by.account_id,
      updated_at: by.now,
    })
    .execute()
}

/**
 * Writes an edit of the revision that the editor saw, and who made it. False, and nothing written, where the draft has
 * moved on since.
 */
export async function editDraft(
  tx: Tx,
  { draft_id, revision }: { draft_id: string; revision: number },
  set: {
    files?: RuleTexts
    parent_files?: RuleTexts
    parent_hash?: string
    title?: string
    why?: string
    state?: Draft['state']
  },
  by: { account_id: string | null; now: string; what: string[] },
): Promise<boolean> {
  const { files, parent_files, ...rest } = set
  const done = await tx
    .updateTable('rule_draft')
    .set({
      ...rest,
      ...(files ? { files: JSON.stringify(files) } : {}),
      ...(parent_files ? { parent_files: JSON.stringify(parent_files) } : {}),
      revision: revision + 1,
      updated_by: by.account_id,
      updated_at: by.now,
    })
    .where('draft_id', '=', draft_id)
    .where('revision', '=', revision)
    .executeTakeFirst()
  if (Number(done.numUpdatedRows) !== 1) return false
  await tx
    .insertInto('rule_draft_edit')
    .values({
      draft_id,
      revision: revision + 1,
      account_id: by.account_id,
      edited_at: by.now,
      what: JSON.stringify(by.what),
    })
    .execute()
  return true
}

/** Who edited a draft, and what, in order. */
export async function editsOf(tx: ReadTx, draft_id: string) {
  return tx
    .selectFrom('rule_draft_edit')
    .select(['revision', 'account_id', 'edited_at', 'what'])
    .where('draft_id', '=', draft_id)
    .orderBy('revision')
    .execute()
}

/** Names of accounts, for those who read who did what. */
export async function namesOf(
  tx: ReadTx,
  account_ids: readonly string[],
): Promise<Map<string, { en: string; zh: string }>> {
  if (account_ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('account')
    .select(['account_id', 'name'])
    .where('account_id', 'in', [...new Set(account_ids)])
    .execute()
  return new Map(rows.map((row) => [row.account_id, row.name]))
}
