import type { Catalogue } from './catalogue.ts'

export const assessProblems = {
  assess_superseded: {
    status: 409,
    title: { en: 'The household was assessed anew in the meantime', zh: '该户已重新评估' },
    action: {
      en: 'Load the list again: if there is still something to verify, the household stands there.',
      zh: '请刷新列表；如仍需核实，该户会在列表中。',
    },
  },
  assess_undo_too_late: {
    status: 409,
    title: { en: 'This decision can no longer be taken back', zh: '该决定已不能撤回' },
    action: {
      en: 'Only whoever decided may take it back, within two minutes. After that, have the household surveyed again.',
      zh: '只有作出决定的人可在两分钟内撤回；超过时间请重新调查该户。',
    },
  },
} satisfies Catalogue
