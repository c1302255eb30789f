// What is done with drafts of the rules: begin, edit, bring up to date, publish. Each in the request's transaction.
import type { Context } from 'hono'
import { randomUUID } from 'node:crypto'
import type { Entered, EnteredToWrite, WriteEnv } from '#door/context.ts'
import { holdNation } from '#door/hold.ts'
import { problem } from '#door/problems.ts'
import { isRuleFile, rulesHash, ruleTexts, type RuleTexts } from '#packs/overlay.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import {
  addDraft,
  addVersion,
  draftOf,
  holdDraft,
  editDraft,
  editsOf,
  newestVersion,
  untouchedDraft,
  versionFiles,
  type Draft,
} from './store.ts'
import { carryOver, changedFiles, diffRules, draftTexts, type Checked } from './drafts.ts'
import { checkAside } from './aside.ts'
import { writeEntry } from './entries.ts'

type C = EnteredToWrite & Pick<Context<WriteEnv>, 'set'>

/**
 * Begin a draft over the rules in force; with `files`, what a folder says in their place. The same draft begun twice by
 * one person is one draft, as long as nobody has edited it.
 */
export async function beginDraft(c: C, given: { title: string; why: string; files?: RuleTexts | undefined }) {
  const parent = ruleTexts(c.var.pack)
  const files = given.files === undefined ? {} : filesOf(parent, given.files)
  const draft_id = randomUUID()
  const { title, why } = given
  const by = { account_id: c.var.actor.account_id, now: c.var.now }
  await holdNation(c.var.tx)
  const twin = await untouchedDraft(
    c.var.tx,
    { pack_id: c.var.pack.id, parent_hash: rulesHash(parent), ...given, files },
    by,
  )
  if (twin) return { draft_id: twin.draft_id, revision: 1 }
  const draft = { draft_id, pack_id: c.var.pack.id, parent_hash: rulesHash(parent), parent_files: parent, title, why }
  await addDraft(c.var.tx, { ...draft, files: {} }, by)
  // The files of a folder are an edit like any other: who brings them is one of those who may not publish them.
  const what = diffRules(parent, draftTexts(parent, files)).map((each) => each.id)
  await editDraft(c.var.tx, { draft_id, revision: 0 }, { files }, { ...by, what })
  await auditRules(c, 'rules.draft', draft_id, { title, entries: what.length })
  return { draft_id, revision: 1 }
}

/** What a folder's files change; all rule files must be there, so that none is dropped unseen. */
function filesOf(parent: RuleTexts, files: RuleTexts): RuleTexts {
  const strange = Object.keys(files).filter((name) => !isRuleFile(name))
  const missing = Object.keys(parent).filter((name) => !Object.hasOwn(files, name))
  if (strange.length + missing.length > 0) {
    throw problem('draft_bad_entry', {
      detail: [
        strange.length > 0 ? `Not a rule or word file: ${strange.join(', ')}.` : '',
        missing.length > 0 ? `Missing: ${missing.join(', ')}.` : '',
      ].join(' '),
    })
  }
  return changedFiles(parent, files)
}

/** A draft of this pack that is still open, held until the transaction ends; the revision must be the one seen. */
async function openDraft(c: C, draft_id: string, revision: number): Promise<Draft> {
  const draft = await holdDraft(c.var.tx, draft_id)
  if (!draft || draft.pack_id !== c.var.pack.id)
    throw problem('not_found', { detail: `There is no draft ${draft_id}.` })
  if (draft.state !== 'open') throw problem('draft_closed', { detail: `It was ${draft.state} on ${draft.updated_at}.` })
  if (draft.revision !== revision) {
    throw problem('draft_conflict', {
      detail: `You saw revision ${revision}; it is now ${draft.revision}, of ${draft.updated_at}.`,
      revision: draft.revision,
    })
  }
  return draft
}

/** Changes to entries (null removes one), its title or why. Answers with the new revision and what the check says. */
export async function editEntries(
  c: C,
  draft_id: string,
  edit: {
    revision: number
    entries: { id: string; value?: unknown }[]
    title?: string | undefined
    why?: string | undefined
  },
) {
  const draft = await openDraft(c, draft_id, edit.revision)
  const before = draftTexts(draft.parent_files, draft.files)
  const after = edit.entries.reduce((texts, { id, value }) => writeEntry(texts, id, value ?? null), before)
  const set = {
    files: changedFiles(draft.parent_files, after),
    ...(edit.title === undefined ? {} : { title: edit.title }),
    ...(edit.why === undefined ? {} : { why: edit.why }),
  }
  const what = edit.entries.map((each) => each.id)
  return saveDraft(c, draft, { set, what, texts: after })
}

/** Saves `set` on a draft, audits `what` was edited, and checks the rules as they read now. */
async function saveDraft(
  c: C,
  draft: Draft,
  { set, what, texts }: { set: Parameters<typeof editDraft>[2]; what: string[]; texts: RuleTexts },
): Promise<{ revision: number; problems: Checked['problems'] }> {
  const by = { account_id: c.var.actor.account_id, now: c.var.now, what }
  if (!(await editDraft(c.var.tx, draft, set, by))) throw problem('draft_conflict')
  await auditRules(c, 'rules.edit', draft.draft_id, { revision: draft.revision + 1, entries: what })
  return {
    revision: draft.revision + 1,
    problems: (await checkAside(c.var.pack, texts, rulesHash(texts), c.var.signal)).problems,
  }
}

/** Carries a draft's changes over to the rules in force now; refuses where both changed the same entry. */
export async function renewDraft(c: C, draft_id: string, revision: number) {
  const draft = await openDraft(c, draft_id, revision)
  const force = ruleTexts(c.var.pack)
  const { texts, overlaps } = carryOver(draft.parent_files, draftTexts(draft.parent_files, draft.files), force)
  if (overlaps.length > 0) {
    throw problem('draft_overlaps', {
      detail: overlaps.join(', '),
      errors: overlaps.map((id) => ({ path: id, message: 'Changed in force and in the draft.' })),
    })
  }
  const set = { parent_files: force, parent_hash: rulesHash(force), files: changedFiles(force, texts) }
  return saveDraft(c, draft, { set, what: ['renew'], texts })
}

export async function withdrawDraft(c: C, draft_id: string, revision: number): Promise<void> {
  const draft = await openDraft(c, draft_id, revision)
  const by = { account_id: c.var.actor.account_id, now: c.var.now, what: ['withdraw'] }
  if (!(await editDraft(c.var.tx, draft, { state: 'withdrawn' }, by))) throw problem('draft_conflict')
  await auditRules(c, 'rules.withdraw', draft_id, { title: draft.title })
}

/**
 * Puts a draft in force. Only one that changes something, stands on the rules in force, passes the whole check with
 * every example, and was edited by nobody who publishes it. Requests that began before end under the rules they had.
 */
export async function publishDraft(c: C, draft_id: string, revision: number) {
  const { tx, pack, now, actor } = c.var
  const draft = await openDraft(c, draft_id, revision)
  const edits = await editsOf(tx, draft_id)
  const editors = [...new Set([draft.created_by, ...edits.map((each) => each.account_id)])].filter((id) => id !== null)
  if (actor.account_id === null || editors.includes(actor.account_id)) throw problem('pack_second_person')
  const newest = await newestVersion(tx, pack.id)
  const own = ruleTexts(pack)
  const in_force = newest?.rules_hash ?? rulesHash(own)
  // The pack of this request may be a moment older than the table: both must be what the draft stands on.
  if (draft.parent_hash !== in_force || rulesHash(own) !== in_force) throw problem('draft_outdated')
  const texts = draftTexts(draft.parent_files, draft.files)
  const changes = diffRules(draft.parent_files, texts)
  if (changes.length === 0) throw problem('draft_empty')
  const { pack_hash } = await passedCheck(c, texts)
  if (!newest) await addInstalled(c, own)
  const number = (newest?.number ?? 0) + 1
  const version = {
    pack_id: pack.id,
    folder_hash: newest?.folder_hash ?? in_force,
    number,
    rules_hash: rulesHash(texts),
    parent_hash: in_force,
    pack_hash,
    files: texts,
    title: draft.title,
    why: draft.why,
    draft_id,
    drafted_by: editors,
    drafted_at: draft.updated_at,
    published_by: actor.account_id,
    published_at: now,
  }
  if (!(await addVersion(tx, version))) throw problem('draft_outdated')
  const by = { account_id: actor.account_id, now, what: ['publish'] }
  if (!(await editDraft(tx, draft, { state: 'published' }, by))) throw problem('draft_conflict')
  await auditRules(c, 'rules.publish', `${pack.id}/${number}`, {
    draft_id,
    title: draft.title,
    rules_hash: version.rules_hash,
    pack_hash: version.pack_hash,
    entries: changes.map((each) => each.id),
  })
  c.set('rules_published', true)
  return { number, rules_hash: version.rules_hash, pack_hash: version.pack_hash }
}

/** The pack that these rules make. Throws `draft_has_problems` where the whole check, every example with it, finds any. */
async function passedCheck(c: C, texts: RuleTexts) {
  const { pack, problems } = await checkAside(c.var.pack, texts, rulesHash(texts), c.var.signal)
  if (pack && problems.length === 0) return pack
  throw problem('draft_has_problems', {
    detail: `${problems.length} problems.`,
    errors: problems.map(({ file, at, message }) => ({ path: [file, at].filter(Boolean).join(' '), message })),
  })
}

/** Version 0: the rules as they were installed, written down before the first draft takes their place. */
async function addInstalled(c: C, files: RuleTexts): Promise<void> {
  const { tx, pack, now } = c.var
  const hash = rulesHash(files)
  const installed = { pack_id: pack.id, folder_hash: hash, number: 0, rules_hash: hash, parent_hash: null }
  const nobody = { title: '', why: '', draft_id: null, drafted_by: [], drafted_at: now, published_by: null }
  await addVersion(tx, { ...installed, pack_hash: pack.pack_hash, files, ...nobody, published_at: now })
}

const auditRules = (c: C, action: string, subject_id: string, detail: Record<string, unknown>) =>
  audit(c.var.tx, { county_code: NATION, action, subject_kind: 'rules', subject_id, detail })

/**
 * The rules a reader names: a version's number, `force`, or `draft:` and its id. Throws `not_found`.
 */
export async function textsNamed(c: Entered, name: string): Promise<RuleTexts> {
  if (name === 'force') return ruleTexts(c.var.pack)
  if (name.startsWith('draft:')) {
    const draft = await draftOf(c.var.tx, name.slice(6))
    if (draft?.pack_id === c.var.pack.id) return draftTexts(draft.parent_files, draft.files)
  } else if (/^\d{1,6}$/.test(name)) {
    const files = await versionFiles(c.var.tx, c.var.pack.id, Number(name))
    if (files) return files
    // Before the first publication there is no row: number 0 is what was installed.
    if (name === '0' && !(await newestVersion(c.var.tx, c.var.pack.id))) return ruleTexts(c.var.pack)
  }
  throw problem('not_found', { detail: `There are no rules ${name}.` })
}
