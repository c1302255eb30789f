// A survey card names somebody alive who is recorded as dead. He stays dead and is not counted, but somebody must look:
// the death may be recorded wrongly, or a card written without going there. The product's own, like `no_card`.

/** As a pack's alert, without a rule. */
export const DEAD_NAMED = {
  code: 'dead_named',
  severity: 'high',
  visit_within_days: 15,
  label: { en: 'A survey names somebody recorded as dead', zh: '调查表中有已登记死亡的人' },
  plain: {
    en: 'A survey made after the recorded day of death names the person as a member. He is not counted. Go and see: if he lives, take the death back; if not, find out how the survey was made.',
    zh: '在登记的死亡日期之后所做的调查仍把该人列为家庭成员，目前未计入。请上门核实：如在世，请撤回死亡登记；如已去世，请查明该次调查是如何做的。',
  },
} as const
