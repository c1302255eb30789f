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
  evaluate_confidence_lower: {
    status: 422,
    title: { en: 'It would be less sure than the rule asks', zh: '置信水平低于规定要求' },
    action: { en: 'Keep the rule’s confidence or ask for more.', zh: '请采用规定的置信水平或更高水平。' },
  },
  evaluate_sample_too_small: {
    status: 422,
    title: { en: 'Too few households would be drawn to say anything', zh: '抽取户数过少，无法作出推断' },
    action: {
      en: 'Say for each of the three groups how many are drawn, at least two.',
      zh: '请为三类家庭分别填写抽取户数，每类至少两户。',
    },
  },
  evaluate_limit_zero: {
    status: 422,
    title: { en: 'A limit of 0 can never be shown', zh: '限值为零永远无法证明' },
    action: { en: 'Set a limit above 0.', zh: '请设定大于零的限值。' },
  },
  evaluate_drawn_already: {
    status: 409,
    title: { en: 'This area was drawn for that year already', zh: '该地区当年已抽样' },
    action: {
      en: 'An area is evaluated once a year; whoever doubts a finding appeals against it.',
      zh: '每个地区每年评估一次；对结果有异议的，请提出申诉。',
    },
  },
  evaluate_nobody_visited: {
    status: 409,
    title: { en: 'Nobody was visited', zh: '没有一户完成检查' },
    action: { en: 'Inspect drawn households first.', zh: '请先入户检查抽中的家庭。' },
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
