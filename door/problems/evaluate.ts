import type { Catalogue } from './catalogue.ts'

export const evaluateProblems = {
  evaluate_conflict: {
    status: 403,
    title: { en: 'You hold an office that is evaluated', zh: '您在被评估地区任职' },
    action: {
      en: 'Somebody without an office in, below or above this county must do it.',
      zh: '须由在该县及其上下级均无职务的人员办理。',
    },
  },
  evaluate_seed_differs: {
    status: 422,
    title: { en: 'This is not the seed that was committed to', zh: '种子与预先承诺的不一致' },
    action: {
      en: 'Give the very text whose SHA-256 was recorded with the design.',
      zh: '请提供设计时已登记 SHA-256 的那段原文。',
    },
  },
  evaluate_no_frame: {
    status: 409,
    title: { en: 'There is no household to draw from', zh: '没有可抽取的家庭' },
    action: { en: 'Choose an area with surveyed households.', zh: '请选择已有调查家庭的地区。' },
  },
  evaluate_no_inspector: {
    status: 409,
    title: { en: 'No independent inspector works here', zh: '本地没有独立的检查员' },
    action: {
      en: 'Give an account without any office the role of inspector in this county.',
      zh: '请为在本地无职务的账号授予检查员角色。',
    },
  },
  evaluate_threshold_looser: {
    status: 422,
    title: { en: 'The limit is looser than the rule allows', zh: '标准低于规定要求' },
    action: { en: 'Keep the rule’s limit or set a stricter one.', zh: '请采用规定标准或更严的标准。' },
  },
  evaluate_units_open: {
    status: 409,
    title: { en: 'Some drawn households have not been inspected', zh: '尚有抽中的家庭未检查' },
    action: {
      en: 'Finish the visits, or state that the rest counts as not visited.',
      zh: '请完成入户检查，或说明其余按未走访处理。',
    },
  },
  evaluate_not_estimated: {
    status: 409,
    title: { en: 'The rates have not been estimated yet', zh: '尚未推算比率' },
    action: { en: 'Estimate first, then publish.', zh: '请先推算，再公布。' },
  },
  evaluate_appeal_open: {
    status: 409,
    title: { en: 'An appeal is still open', zh: '尚有申诉未处理' },
    action: { en: 'Decide on every appeal first.', zh: '请先处理全部申诉。' },
  },
} satisfies Catalogue
