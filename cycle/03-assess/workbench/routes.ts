import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { rulesHash, ruleTexts } from '#packs/overlay.ts'
import { NATION } from '#registry/audit/audit.ts'
import { changeSchema, draftHead, problemsSchema, ruleFiles } from './shapes.ts'
import { draftOf, draftsOf, editsOf, namesOf } from './store.ts'
import { diffRules, draftTexts, labelOf } from './drafts.ts'
import { checkAside, checkedFirst } from './aside.ts'
import { beginDraft, editEntries, publishDraft, renewDraft, withdrawDraft } from './act.ts'
import { entriesOf, entryText } from './entries.ts'
import { benchOf, sayExample } from './serve.ts'
import { saidSchema } from '../judge/why.ts'

const name = z.object({ en: z.string(), zh: z.string() }).nullable()
const by_id = z.object({ draft_id: z.string() })
const revision = z.object({ revision: z.int().min(0) })
const edited = z.object({ revision: z.number(), problems: problemsSchema })
const title = z.string().trim().min(3).max(200)
const why = z.string().trim().min(3).max(4000)

const list = createRoute({
  method: 'get',
  path: '/api/rules/drafts',
  ...guarded('rules.draft', 'read', area.common),
  responses: {
    200: answers(z.object({ items: z.array(draftHead.extend({ updated_by: name })) }), 'Drafts of the rules'),
  },
})

const begin = createRoute({
  method: 'post',
  path: '/api/rules/drafts',
  ...guarded('rules.draft', 'write', area.common),
  request: { body: takes(z.object({ title, why, files: ruleFiles.optional() })) },
  responses: {
    200: answers(z.object({ draft_id: z.string(), revision: z.number() }), 'A draft over the rules in force'),
  },
})

const show = createRoute({
  method: 'get',
  path: '/api/rules/drafts/{draft_id}',
  ...guarded('rules.draft', 'read', area.common),
  request: { params: by_id },
  responses: {
    200: answers(
      draftHead.extend({
        outdated: z.boolean().describe('The rules in force are not those it began from'),
        rules_hash: z.string(),
        editors: z.array(z.object({ account_id: z.string(), name })),
        edited_by_me: z.boolean(),
        edits: z.array(z.object({ revision: z.number(), name, edited_at: z.string(), what: z.array(z.string()) })),
        problems: problemsSchema,
        changes: z.array(changeSchema),
        entries: z.array(
          z.object({
            id: z.string(),
            chapter: z.string(),
            label: z.record(z.string(), z.string()).nullable(),
            changed: z.boolean(),
            problems: z.number(),
          }),
        ),
      }),
      'A draft: what it changes, what the check says of it, who wrote it',
    ),
  },
})

const entry = createRoute({
  method: 'get',
  path: '/api/rules/drafts/{draft_id}/entries/{entry_id}',
  ...guarded('rules.draft', 'read', area.common),
  request: { params: by_id.extend({ entry_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        id: z.string(),
        chapter: z.string(),
        revision: z.number(),
        value: z.unknown().describe('The entry as the draft has it'),
        before: z.unknown().describe('As it stood in the rules the draft began from; null for a new one'),
        text: z.string().describe('Its text in the file'),
        problems: problemsSchema,
      }),
      'One entry of a draft',
    ),
  },
})

const field = z.object({
  type: z.enum(['int', 'decimal', 'money', 'text', 'bool', 'date', 'choice', 'choices']),
  unit: z.string().optional(),
  choices: z.array(z.string()).optional(),
  minor_units: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})
const fields = z.record(z.string(), field)

const bench = createRoute({
  method: 'get',
  path: '/api/rules/drafts/{draft_id}/bench',
  ...guarded('rules.draft', 'read', area.common),
  request: { params: by_id },
  responses: {
    200: answers(
      z.object({
        reference_date: z.string(),
        default_language: z.string(),
        languages: z.array(z.string()),
        currency: z.object({ code: z.string(), minor_units: z.number(), symbol: z.string() }),
        schema: z.object({ household: fields, lists: z.record(z.string(), fields), parameters: fields }),
        indicators: z.array(z.string()),
        derived: z.array(z.object({ name: z.string(), type: z.string(), rule: z.string() })),
        parameters: z.array(
          z.object({
            code: z.string(),
            type: z.enum(['money', 'int', 'decimal']),
            unit: z.string(),
            values: z.array(
              z.object({ from: z.string(), to: z.string().optional(), area: z.string().optional(), value: z.number() }),
            ),
          }),
        ),
        labels: z.array(
          z.object({ name: z.string(), list: z.string().nullable(), label: z.record(z.string(), z.string()) }),
        ),
      }),
      'What a rule may read, so that the browser checks it and works its examples as it is typed',
    ),
  },
})

const explainIt = createRoute({
  method: 'post',
  path: '/api/rules/drafts/{draft_id}/explain',
  ...guarded('rules.draft', 'read', area.common),
  request: {
    params: by_id,
    body: takes(
      z.object({
        entry_id: z.string().max(200),
        path: z.string().max(100),
        rule: z.string().max(10_000),
        example: z.object({
          record: z.record(z.string(), z.unknown()),
          params: z.record(z.string(), z.number()).optional(),
          on: z.iso.date().optional(),
        }),
      }),
    ),
  },
  responses: { 200: answers(z.object({ said: saidSchema.nullable() }), 'Why an example comes out so, in sentences') },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/rules/drafts/{draft_id}',
  ...guarded('rules.draft', 'write', area.common),
  request: {
    params: by_id,
    body: takes(
      revision.extend({
        entries: z
          .array(z.object({ id: z.string().max(200), value: z.unknown() }))
          .max(100)
          .default([]),
        title: title.optional(),
        why: why.optional(),
      }),
    ),
  },
  responses: { 200: answers(edited, 'The new revision, and what the check says of it') },
})

const renew = createRoute({
  method: 'post',
  path: '/api/rules/drafts/{draft_id}/renew',
  ...guarded('rules.draft', 'write', area.common),
  request: { params: by_id, body: takes(revision) },
  responses: { 200: answers(edited, 'Its changes stand on the rules in force now') },
})

const withdraw = createRoute({
  method: 'post',
  path: '/api/rules/drafts/{draft_id}/withdraw',
  ...guarded('rules.draft', 'write', area.common),
  request: { params: by_id, body: takes(revision) },
  responses: { 200: answers(z.object({ state: z.literal('withdrawn') }), 'Kept, and closed') },
})

const publish = createRoute({
  method: 'post',
  path: '/api/rules/drafts/{draft_id}/publish',
  ...guarded('rules.publish', 'write', area.nation),
  request: { params: by_id, body: takes(revision) },
  responses: {
    200: answers(
      z.object({ number: z.number(), rules_hash: z.string(), pack_hash: z.string() }),
      'In force from now on',
    ),
  },
})

export const draftRoutes = room()
  .openapi(list, async (c) => {
    const drafts = await draftsOf(c.var.tx, c.var.pack.id)
    const names = await namesOf(
      c.var.tx,
      drafts.flatMap((each) => each.updated_by ?? []),
    )
    const items = drafts.map((each) => ({ ...each, updated_by: names.get(each.updated_by ?? '') ?? null }))
    return c.json({ items }, 200)
  })
  .openapi(begin, async (c) => c.json(await beginDraft(c, c.req.valid('json')), 200))
  .openapi(show, async (c) => {
    const { tx, pack, actor } = c.var
    const draft = await draftOf(tx, c.req.valid('param').draft_id)
    if (!draft || draft.pack_id !== pack.id) throw problem('not_found')
    const texts = draftTexts(draft.parent_files, draft.files)
    const rules_hash = rulesHash(texts)
    const { problems } = await checkAside(pack, texts, rules_hash, c.var.signal)
    const changes = diffRules(draft.parent_files, texts)
    const changed = new Set(changes.map((each) => each.id))
    const edits = await editsOf(tx, draft.draft_id)
    const writers = edits.filter((each) => !each.what.includes('publish')).map((each) => each.account_id)
    const editors = [...new Set([draft.created_by, ...writers])].filter((id) => id !== null)
    const names = await namesOf(tx, [...editors, ...edits.flatMap((each) => each.account_id ?? [])])
    const { draft_id, parent_hash, state, created_at, updated_at } = draft
    return c.json(
      {
        ...{ draft_id, parent_hash, state, created_at, updated_at, rules_hash, problems, changes },
        ...{ title: draft.title, why: draft.why, revision: draft.revision },
        outdated: parent_hash !== rulesHash(ruleTexts(pack)),
        editors: editors.map((account_id) => ({ account_id, name: names.get(account_id) ?? null })),
        edited_by_me: actor.account_id !== null && editors.includes(actor.account_id),
        edits: edits.map(({ account_id, ...each }) => ({ ...each, name: names.get(account_id ?? '') ?? null })),
        entries: [...entriesOf(texts).values()].map(({ id, chapter, value }) => ({
          id,
          chapter,
          label: labelOf(value),
          changed: changed.has(id),
          problems: problems.filter((each) => each.entry === id).length,
        })),
      },
      200,
    )
  })
  .openapi(entry, async (c) => {
    const { draft_id, entry_id } = c.req.valid('param')
    const draft = await draftOf(c.var.tx, draft_id)
    if (!draft || draft.pack_id !== c.var.pack.id) throw problem('not_found')
    const texts = draftTexts(draft.parent_files, draft.files)
    const found = entriesOf(texts).get(entry_id)
    const before = entriesOf(draft.parent_files).get(entry_id)
    if (!found && !before) throw problem('not_found', { detail: `The rules have no entry ${entry_id}.` })
    const { problems } = await checkAside(c.var.pack, texts, rulesHash(texts), c.var.signal)
    return c.json(
      {
        id: entry_id,
        chapter: (found ?? before)?.chapter ?? '',
        revision: draft.revision,
        value: found?.value ?? null,
        before: before?.value ?? null,
        text: entryText(texts, entry_id),
        problems: problems.filter((each) => each.entry === entry_id),
      },
      200,
    )
  })
  .openapi(bench, async (c) => {
    const draft = await draftOf(c.var.tx, c.req.valid('param').draft_id)
    if (!draft || draft.pack_id !== c.var.pack.id) throw problem('not_found')
    await checkedFirst(c.var, draft)
    return c.json(benchOf(c.var.pack, draft), 200)
  })
  .openapi(explainIt, async (c) => {
    const draft = await draftOf(c.var.tx, c.req.valid('param').draft_id)
    if (!draft || draft.pack_id !== c.var.pack.id) throw problem('not_found')
    await checkedFirst(c.var, draft)
    const { entry_id, path, rule, example } = c.req.valid('json')
    const { record, params, on } = example
    const given = { record, ...(params ? { params } : {}), ...(on ? { on } : {}) }
    return c.json({ said: sayExample(c.var.pack, draft, { spot: { id: entry_id, path }, rule, example: given }) }, 200)
  })
  .openapi(edit, async (c) => c.json(await editEntries(c, c.req.valid('param').draft_id, c.req.valid('json')), 200))
  .openapi(renew, async (c) =>
    c.json(await renewDraft(c, c.req.valid('param').draft_id, c.req.valid('json').revision), 200),
  )
  .openapi(withdraw, async (c) => {
    await withdrawDraft(c, c.req.valid('param').draft_id, c.req.valid('json').revision)
    return c.json({ state: 'withdrawn' as const }, 200)
  })
  .openapi(publish, async (c) => {
    // The rules are the nation's: an account whose area is a part of it drafts and does not publish.
    permit(c.var.actor, 'rules.publish', NATION)
    return c.json(await publishDraft(c, c.req.valid('param').draft_id, c.req.valid('json').revision), 200)
  })
