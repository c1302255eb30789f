// What the workbench's screens load, each once and under one name, so that saving refreshes them all.
import { api, call } from '#web/client.ts'

export const keys = {
  drafts: ['rules', 'drafts'],
  draft: (draft_id: string) => ['rules', 'draft', draft_id],
  entry: (draft_id: string, entry_id: string) => ['rules', 'draft', draft_id, 'entry', entry_id],
  bench: (draft_id: string) => ['rules', 'draft', draft_id, 'bench'],
  versions: ['rules', 'versions'],
}

const drafts = api.api.rules.drafts
export const loadDrafts = () => call(drafts.$get())
export const loadDraft = (draft_id: string) => call(drafts[':draft_id'].$get({ param: { draft_id } }))
export const loadEntry = (draft_id: string, entry_id: string) =>
  call(drafts[':draft_id'].entries[':entry_id'].$get({ param: { draft_id, entry_id } }))
export const loadBench = (draft_id: string) => call(drafts[':draft_id'].bench.$get({ param: { draft_id } }))
export const loadVersions = () => call(api.api.rules.versions.$get())
export const loadDiff = (from: string, to: string) => call(api.api.rules.diff.$get({ query: { from, to } }))

export type DraftData = Awaited<ReturnType<typeof loadDraft>>
export type EntryData = Awaited<ReturnType<typeof loadEntry>>
export type BenchData = Awaited<ReturnType<typeof loadBench>>
export type Change = DraftData['changes'][number]

export const saveEntry = (draft_id: string, revision: number, id: string, value: unknown) =>
  call(drafts[':draft_id'].$patch({ param: { draft_id }, json: { revision, entries: [{ id, value }] } }))

/** Reasons of an example: entry, path, rule and example as one text, so that a question asked twice is asked once. */
export function loadWhy(draft_id: string, asked: string) {
  const [entry_id, path, rule, example] = JSON.parse(asked) as [
    string,
    string,
    string,
    { record: Record<string, unknown> },
  ]
  return call(drafts[':draft_id'].explain.$post({ param: { draft_id }, json: { entry_id, path, rule, example } }))
}

/** Parts of an entry that have a word of their own on the screens; others are shown by their key. */
export const FIELDS = new Set([
  'label',
  'plain',
  'name',
  'group',
  'main',
  'reason',
  'met_reason',
  'unmet_reason',
  'unknown_reason',
  'followup',
  'valid_from',
  'valid_to',
  'source',
  'indicators',
  'closes',
  'batch',
  'causes',
  'unit',
  'cost_period',
  'excludes',
  'requires',
  'starts',
  'after_months',
  'type',
  'severity',
  'raised_by',
  'visit_within_days',
  'days',
  'by',
  'local',
  'veto',
  'values',
  'title',
  'rule',
  'met',
  'applies',
  'condition',
  'cost',
])
