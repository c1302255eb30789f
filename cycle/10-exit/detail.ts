// What each step must say. Too little said is not a step.
import { z } from '@hono/zod-openapi'
import type { Kind } from './exit.ts'
import type { Case, Move } from './store.ts'

const text = z.string().min(1)
const count = z.int().min(0)

const schemas = {
  /** The village meeting; `for` and `against` are the people's own words, stored as votes_for and votes_against. */
  appraised: z
    .object({ present: count, entitled: count, for: count, against: count, note: z.string().optional() })
    .transform(({ for: votes_for, against: votes_against, ...rest }) => ({ ...rest, votes_for, votes_against })),
  verified: z.object({ visited_on: z.iso.date(), note: text }),
  consented: z.object({ by: text, signed: z.literal(true) }),
  refused: z.object({ by: text, reason: text }),
  noticed: z.object({ place: z.string().optional() }),
  objected: z.object({ statement: text, by: z.string().optional() }),
  /** `objection` may be left out while only one is open. */
  answered: z.object({ objection: z.string().optional(), upheld: z.boolean(), resolution: text }),
  exited: z.object({ note: z.string().optional() }),
  stopped: z.object({ reason: text }),
} satisfies Record<Kind, z.ZodType>

export type Detail = z.output<(typeof schemas)[Kind]>

/** The detail of a step, or null where it lacks something. */
export function parseDetail(kind: Kind, given: Record<string, unknown>): Detail | null {
  const parsed = schemas[kind].safeParse(given)
  return parsed.success ? parsed.data : null
}

/** Answer an objection: whoever wrote it down may not; an upheld one keeps the household on the list. */
export function answered(
  found: Case,
  detail: Detail,
  same: (earlier: (string | null)[]) => boolean,
): { found: Case; detail: Detail; set: Move['set'] } | string {
  if (!('upheld' in detail)) return 'exit_detail_missing'
  const open = detail.objection
    ? found.objections.find((each) => each.step_id === detail.objection)
    : found.objections.length === 1
      ? found.objections[0]
      : undefined
  if (!open) return 'exit_no_such_objection'
  if (same([open.account_id])) return 'same_person'
  const open_objections = found.open_objections - 1
  return {
    found,
    detail: { ...detail, objection: open.step_id },
    set: detail.upheld ? { open_objections, state: 'stopped', stopped_reason: detail.resolution } : { open_objections },
  }
}
