import type { Insertable } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import type { FormTable } from '#registry/tables/survey.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

const listed = ['form_id', 'version', 'title', 'state', 'xform_md5', 'published_at', 'owner_area'] as const

/**
 * Is a form shown to somebody whose areas these are? The nation's are everybody's; an area's are those of who works in
 * it, and of who stands above it.
 */
export function formInSight(owner_area: string | null, scope: readonly string[]): boolean {
  return (
    owner_area === null ||
    scope.some((code) => code === '*' || code.startsWith(owner_area) || owner_area.startsWith(code))
  )
}

/** Every version of every form in sight of these areas, the newest of each first. */
export async function listForms(tx: ReadTx, scope: readonly string[]) {
  const forms = await tx
    .selectFrom('form')
    .select(listed)
    .orderBy('form_id')
    .orderBy('published_at', 'desc')
    .orderBy('version', 'desc')
    .execute()
  return forms.filter((form) => formInSight(form.owner_area, scope))
}

/** Whose a form is: of its latest version; undefined where there is none of that name. */
export async function ownerOf(tx: ReadTx, form_id: string): Promise<string | null | undefined> {
  const found = await tx
    .selectFrom('form')
    .select('owner_area')
    .where('form_id', '=', form_id)
    .orderBy('published_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found && found.owner_area
}

/** The forms that devices of these areas should fill in: of each, the open version published last. */
export async function openForms(tx: ReadTx, scope: readonly string[]) {
  const forms = (await listForms(tx, scope)).filter((form) => form.state === 'open')
  return forms.filter((form, index) => forms.findIndex((other) => other.form_id === form.form_id) === index)
}

/** XForm and source of one version; null when there is none. */
export async function readForm(tx: ReadTx, form_id: string, version: string) {
  const found = await tx
    .selectFrom('form')
    .select(['form_id', 'version', 'title', 'state', 'xform', 'xform_md5', 'xlsform', 'owner_area'])
    .where('form_id', '=', form_id)
    .where('version', '=', version)
    .executeTakeFirst()
  return found ?? null
}

/** The files beside a form, without their bytes. */
export async function formFiles(tx: ReadTx, form_id: string, version: string) {
  return await tx
    .selectFrom('form_file')
    .select(['file_name', 'content_type', 'md5'])
    .where('form_id', '=', form_id)
    .where('version', '=', version)
    .orderBy('file_name')
    .execute()
}

/** How many files each form has, by form_id and version joined with a line break. */
export async function fileCounts(tx: ReadTx): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('form_file')
    .select(['form_id', 'version', (count) => count.fn.countAll<number>().as('count')])
    .groupBy(['form_id', 'version'])
    .execute()
  return new Map(rows.map((row) => [`${row.form_id}\n${row.version}`, Number(row.count)]))
}

export async function readFormFile(tx: ReadTx, form_id: string, version: string, file_name: string) {
  const found = await tx
    .selectFrom('form_file')
    .select(['content_type', 'md5', 'bytes'])
    .where('form_id', '=', form_id)
    .where('version', '=', version)
    .where('file_name', '=', file_name)
    .executeTakeFirst()
  return found ?? null
}

export async function insertFormFile(
  tx: Tx,
  file: { form_id: string; version: string; file_name: string; content_type: string; md5: string; bytes: Buffer },
): Promise<void> {
  const { content_type, md5, bytes } = file
  await tx
    .insertInto('form_file')
    .values(file)
    .onConflict((conflict) =>
      conflict.columns(['form_id', 'version', 'file_name']).doUpdateSet({ content_type, md5, bytes }),
    )
    .execute()
}

export async function setFormState(
  tx: Tx,
  form_id: string,
  version: string,
  state: StateOf<'form.state'>,
): Promise<void> {
  await tx.updateTable('form').set({ state }).where('form_id', '=', form_id).where('version', '=', version).execute()
}

/** Write a form, or bring the one of the same version up to date. */
export async function putForm(tx: Tx, row: Insertable<FormTable>): Promise<void> {
  const { form_id: _form_id, version: _version, ...changed } = row
  await tx
    .insertInto('form')
    .values(row)
    .onConflict((conflict) => conflict.columns(['form_id', 'version']).doUpdateSet(changed))
    .execute()
}

/** A form by id and version, or the one published last. */
export function newestForm(tx: ReadTx, form_id: string, version?: string) {
  let query = tx
    .selectFrom('form')
    .select(['form_id', 'version', 'state', 'xform_md5'])
    .where('form_id', '=', form_id)
    .orderBy('published_at', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
  if (version !== undefined) query = query.where('version', '=', version)
  return query.executeTakeFirst()
}

/** The tree of a form that is there. */
export function definitionOf(tx: ReadTx, form_id: string, version: string) {
  return tx
    .selectFrom('form')
    .select('definition')
    .where('form_id', '=', form_id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
}
