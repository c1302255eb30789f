import type { Catalogue } from './catalogue.ts'

export const deliverProblems = {
  deliver_unknown_measure: {
    status: 422,
    title: { en: 'The rules know no such measure', zh: '规则中没有这项措施' },
    action: { en: 'Use the code of a measure of the pack.', zh: '请使用规则包中的措施代码。' },
  },
  deliver_unknown_household: {
    status: 422,
    title: { en: 'Some households are not known here', zh: '有些农户不存在' },
    action: {
      en: 'Correct the household numbers named; nothing was recorded.',
      zh: '请更正所列户号，本次未作任何记录。',
    },
  },
} satisfies Catalogue
