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
} satisfies Catalogue
