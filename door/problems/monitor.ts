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
} satisfies Catalogue
