import type { Catalogue } from './catalogue.ts'

export const registerProblems = {
  register_date_wrong: {
    status: 422,
    title: { en: 'The date does not fit the household’s file', zh: '日期与该户档案不符' },
    action: {
      en: 'Write the day from which it is true: not after today, and not before the entry it follows.',
      zh: '请填写实际生效的日期：不得晚于今天，也不得早于前一条记录。',
    },
  },
} satisfies Catalogue
