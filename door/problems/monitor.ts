import type { Catalogue } from './catalogue.ts'

export const monitorProblems = {
  monitor_unknown_kind: {
    status: 422,
    title: { en: 'The rules know no such kind of change', zh: '规则中没有这种变化类型' },
    action: { en: 'Use one of the kinds named.', zh: '请使用所列的变化类型。' },
  },
  monitor_unknown_household: {
    status: 422,
    title: { en: 'Some households are not known here', zh: '有些农户不存在' },
    action: {
      en: 'Correct the household numbers named; nothing was recorded.',
      zh: '请更正所列户号，本次未作任何记录。',
    },
  },
  monitor_not_looked_at: {
    status: 409,
    title: { en: 'Nobody has been there, and nothing was given', zh: '尚未入户，也没有帮扶记录' },
    action: {
      en: 'Write down the visit and what was found first, or record what was given.',
      zh: '请先登记入户走访及了解到的情况，或登记已给予的帮扶。',
    },
  },
  monitor_changes_nobody: {
    status: 409,
    title: { en: 'This change changes nobody’s household', zh: '这项变化不涉及家庭成员增减' },
    action: {
      en: 'Only the kinds of change that the rules name are confirmed: a death, a birth, a move. This one stays on record as it was told.',
      zh: '只有规则列明的变化（如死亡、出生、迁入迁出）需要确认。本条保持已登记的状态。',
    },
  },
  monitor_who: {
    status: 422,
    title: { en: 'It is not said who it is', zh: '未说明是哪一个人' },
    action: {
      en: 'For a death or a move out choose the person; for somebody who came choose a person or enter one, not both.',
      zh: '死亡或迁出请选择该成员；新增成员请选择已有的人或录入新人，二者只取其一。',
    },
  },
  monitor_not_a_member: {
    status: 409,
    title: { en: 'The person does not belong to this household', zh: '该人不是本户成员' },
    action: {
      en: 'Choose one of the household’s members, or correct the household of the change.',
      zh: '请选择本户成员，或更正变化所属的农户。',
    },
  },
  monitor_person_dead: {
    status: 409,
    title: { en: 'The person is recorded as dead', zh: '该人已登记死亡' },
    action: {
      en: 'If the person lives, take the recorded death back first; the household it was recorded for shows it.',
      zh: '如该人在世，请先在其原户撤回死亡登记。',
    },
  },
  monitor_card_later: {
    status: 409,
    title: { en: 'A later survey says otherwise', zh: '之后的调查另有记载' },
    action: {
      en: 'The household was surveyed after the day of the change. If that survey is wrong, survey the household again.',
      zh: '该户在变化发生之后又做过调查。如该次调查有误，请重新调查。',
    },
  },
} satisfies Catalogue
