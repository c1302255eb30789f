import type { Catalogue } from './catalogue.ts'

export const exitProblems = {
  exit_no_criteria: {
    status: 409,
    title: { en: 'The pack has no rules of exit', zh: '规则包中没有退出标准' },
    action: { en: 'Add them to the pack, then check again.', zh: '请在规则包中补充退出标准后再检查。' },
  },
  exit_criteria_not_met: {
    status: 409,
    title: { en: 'The criteria of exit are not met', zh: '未达到退出标准' },
    action: { en: 'Look at the checks; propose again when all are met.', zh: '请查看各项检查结果，全部达标后再提出。' },
  },
  exit_detail_missing: {
    status: 422,
    title: { en: 'The step does not say enough', zh: '步骤内容不完整' },
    action: { en: 'Fill in what this step must record.', zh: '请填写该步骤必须记录的内容。' },
  },
  exit_notice_running: {
    status: 409,
    title: { en: 'The notice still has days to run', zh: '公示期未满' },
    action: { en: 'Decide on or after its last day.', zh: '请在公示期满当日或之后办理。' },
  },
  exit_no_evaluation: {
    status: 409,
    title: { en: 'No evaluation of the county in that year is closed', zh: '该县当年尚无完成的评估' },
    action: {
      en: 'Have the county evaluated independently for that year first.',
      zh: '请先完成该年度的独立评估。',
    },
  },
} satisfies Catalogue
