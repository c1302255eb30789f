// Who looked at a household's file: one entry in the county's chain, the same person and household once in ten minutes.
import { audit } from '#registry/audit/audit.ts'
import { transact } from '#registry/transaction.ts'
import type { Entered } from './context.ts'
import { countTry } from './sign-in/rate-limit.ts'

const again_after_seconds = 600

/** Record the look once the answer is made; where it cannot be recorded, the answer does not go out. */
export function recordLook(c: Entered, of: { county_code: string; household_id: string; action: string }): void {
  const { registry, actor } = c.var
  const { county_code, household_id, action } = of
  c.var.afterwards.push(async () => {
    if (countTry(`look ${actor.account_id} ${actor.role} ${action} ${household_id}`, again_after_seconds) > 1) return
    await transact(registry, actor, (tx) =>
      audit(tx, { county_code, action, subject_kind: 'household', subject_id: household_id, household_id }),
    )
  })
}
