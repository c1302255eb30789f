import type { Catalogue } from './catalogue.ts'

export const diagnoseProblems = {
  diagnose_unknown_cause: {
    status: 422,
    title: { en: 'This cause cannot be the main one', zh: '这个原因不能作为主要原因' },
    action: { en: 'Choose one of the causes named.', zh: '请从所列原因中选择。' },
  },
} satisfies Catalogue
