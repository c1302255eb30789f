import type { Catalogue } from './catalogue.ts'

export const prescribeProblems = {
  prescribe_unknown_batch: {
    status: 422,
    title: { en: 'The rules know no such batch of measures', zh: '规则中没有这一类措施' },
    action: { en: 'Use one of the batches named.', zh: '请使用所列的措施类别。' },
  },
} satisfies Catalogue
