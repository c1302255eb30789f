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
  deliver_impossible: {
    status: 422,
    title: { en: 'Some entries cannot be so', zh: '有些记录不可能属实' },
    action: {
      en: 'Correct the lines named; nothing was recorded.',
      zh: '请更正所列各行，本次未作任何登记。',
    },
  },
  deliver_unusual: {
    status: 409,
    title: { en: 'Some entries are unlike what was expected', zh: '有些记录与预期不符' },
    action: {
      en: 'Look at the lines named. Where one is right all the same, say why and send it again; nothing was recorded.',
      zh: '请核对所列各行。确属无误的，请说明理由后重新提交；本次未作任何登记。',
    },
  },
} satisfies Catalogue
