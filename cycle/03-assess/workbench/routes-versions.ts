// The history of the rules: who put what in force, when and why. Open to everybody, as the rules themselves are.
import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import JSZip from 'jszip'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { mayRole } from '#door/permit/roles.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { rulesHash, ruleTexts } from '#packs/overlay.ts'
import { changeSchema } from './shapes.ts'
import { namesOf, newestVersion, versionsOf } from './store.ts'
import { diffRules } from './drafts.ts'
import { textsNamed } from './act.ts'

const name = z.object({ en: z.string(), zh: z.string() }).nullable()
const which = z
  .string()
  .max(60)
  .describe('A version’s number, `force` for the rules in force, or `draft:` and its id (for those who may draft)')

const list = createRoute({
  method: 'get',
  path: '/api/rules/versions',
  ...guarded('rules.read', 'read', area.public),
  responses: {
    200: answers(
      z.object({
        pack_id: z.string(),
        in_force: z.object({ number: z.number(), rules_hash: z.string(), pack_hash: z.string() }),
        items: z.array(
          z.object({
            number: z.number(),
            title: z.string(),
            why: z.string(),
            rules_hash: z.string(),
            pack_hash: z.string(),
            draft_id: z.string().nullable(),
            drafted_by: z.array(name),
            drafted_at: z.string(),
            published_by: name,
            published_at: z.string(),
          }),
        ),
      }),
      'Versions of the rules, newest first; empty while those installed with the pack were never changed here',
    ),
  },
})

const diff = createRoute({
  method: 'get',
  path: '/api/rules/diff',
  ...guarded('rules.read', 'read', area.public),
  request: { query: z.object({ from: which, to: which }) },
  responses: {
    200: answers(
      z.object({ from_hash: z.string(), to_hash: z.string(), entries: z.array(changeSchema) }),
      'What differs, entry by entry',
    ),
  },
})

const files = createRoute({
  method: 'get',
  path: '/api/rules/files',
  ...guarded('rules.read', 'read', area.public),
  request: { query: z.object({ of: which }) },
  responses: {
    200: answers(z.object({ rules_hash: z.string(), files: z.record(z.string(), z.string()) }), 'The files as text'),
  },
})

const zip = createRoute({
  method: 'get',
  path: '/api/rules/files.zip',
  ...guarded('rules.read', 'read', area.public),
  request: { query: z.object({ of: which }) },
  responses: {
    200: {
      description: 'The files, to be unpacked over the pack’s folder and committed',
      content: { 'application/zip': { schema: z.string() } },
    },
  },
})

/** Everybody reads what is or was in force; what is only drafted, those who draft. */
function mayRead(role: Parameters<typeof mayRole>[0], names: string[]): void {
  if (names.some((each) => each.startsWith('draft:')) && !mayRole(role, 'rules.draft')) throw problem('not_permitted')
}

export const versionRoutes = room()
  .openapi(list, async (c) => {
    const { tx, pack } = c.var
    const versions = await versionsOf(tx, pack.id)
    const people = versions.flatMap((each) => [...each.drafted_by, ...(each.published_by ? [each.published_by] : [])])
    const names = await namesOf(tx, people)
    const newest = await newestVersion(tx, pack.id)
    return c.json(
      {
        pack_id: pack.id,
        in_force: { number: newest?.number ?? 0, rules_hash: rulesHash(ruleTexts(pack)), pack_hash: pack.pack_hash },
        items: versions.map(({ parent_hash: _p, folder_hash: _f, ...each }) => ({
          ...each,
          drafted_by: each.drafted_by.map((id) => names.get(id) ?? null),
          published_by: names.get(each.published_by ?? '') ?? null,
        })),
      },
      200,
    )
  })
  .openapi(diff, async (c) => {
    const { from, to } = c.req.valid('query')
    mayRead(c.var.actor.role, [from, to])
    const [before, after] = [await textsNamed(c, from), await textsNamed(c, to)]
    return c.json({ from_hash: rulesHash(before), to_hash: rulesHash(after), entries: diffRules(before, after) }, 200)
  })
  .openapi(files, async (c) => {
    const { of } = c.req.valid('query')
    mayRead(c.var.actor.role, [of])
    const texts = await textsNamed(c, of)
    return c.json({ rules_hash: rulesHash(texts), files: texts }, 200)
  })
  .openapi(zip, async (c) => {
    const { of } = c.req.valid('query')
    mayRead(c.var.actor.role, [of])
    const texts = await textsNamed(c, of)
    const packed = new JSZip()
    // One date for all, so that the same rules give the same archive, byte for byte.
    const date = new Date('2000-01-01T00:00:00.000Z')
    for (const [file, text] of Object.entries(texts)) packed.file(file, text, { date, createFolders: false })
    const bytes = await packed.generateAsync({ type: 'uint8array', compression: 'DEFLATE' })
    const called = `${c.var.pack.id}-rules-${rulesHash(texts).slice(0, 12)}.zip`
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${called}"`,
    })
  })
