import type { Catalogue } from './catalogue.ts'

export const prescribeProblems = {
  prescribe_unknown_batch: {
    status: 422,
    title: { en: 'The rules know no such batch of measures', zh: '规则中没有这一类措施' },
    action: { en: 'Use one of the batches named.', zh: '请使用所列的措施类别。' },
  },
  prescribe_unknown_measure: {
    status: 422,
    title: { en: 'The rules know no such measure', zh: '规则中没有这项措施' },
    action: { en: 'Use one of the measures named.', zh: '请使用所列的措施。' },
  },
  prescribe_right_stays: {
    status: 422,
    title: { en: 'A right is not taken out of a plan', zh: '依规定应享受的措施不能取消' },
    action: {
      en: 'If the family does not want it, put it down as refused, with the family’s reason.',
      zh: '如果农户不愿意，请按“农户不愿意”登记，并写明农户的理由。',
    },
  },
  prescribe_not_possible: {
    status: 422,
    title: { en: 'The household cannot have this measure', zh: '该户不能享受这项措施' },
    action: {
      en: 'Look at why it is not open to the household; if an answer is wrong, correct it by a visit.',
      zh: '请查看该户不能享受的原因；如果情况有误，请入户核实更正。',
    },
  },
} satisfies Catalogue
