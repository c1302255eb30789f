import type { Catalogue } from './catalogue.ts'

export const matchProblems = {
  match_run_overtaken: {
    status: 409,
    title: { en: 'Another run has matched these submissions meanwhile', zh: '另一次比对已处理了这些调查表' },
    action: { en: 'Nothing is lost. Start the run again.', zh: '数据没有丢失，请重新开始比对。' },
  },
  match_link_withdrawn: {
    status: 409,
    title: { en: 'This link is withdrawn already', zh: '该关联已撤回' },
    action: { en: 'Load the household again.', zh: '请重新载入该户。' },
  },
  match_link_stands: {
    status: 409,
    title: { en: 'This link stands: there is nothing to take back', zh: '该关联有效，无可恢复' },
    action: { en: 'Load the household again.', zh: '请重新载入该户。' },
  },
  match_link_decided: {
    status: 409,
    title: { en: 'This link was withdrawn by a decision on a question', zh: '该关联是由疑点结论撤回的' },
    action: { en: 'Take that decision back instead.', zh: '请改为撤回该结论。' },
  },
  match_link_only: {
    status: 409,
    title: { en: 'This is the only card that names the person', zh: '只有这一张调查表登记了此人' },
    action: { en: 'Withdraw the link of the submission instead.', zh: '如有错误，请撤回该调查表的关联。' },
  },
  match_review_decided: {
    status: 409,
    title: { en: 'This question is decided already', zh: '该疑点已有结论' },
    action: { en: 'Withdraw the links it made if the decision was wrong.', zh: '如结论有误，请撤回由此产生的关联。' },
  },
  match_review_stale: {
    status: 409,
    title: { en: 'The households have changed since this question was put', zh: '疑点提出后相关户已有变化' },
    action: { en: 'Load it again; reject it if it no longer applies.', zh: '请重新载入；如已不适用，请予以否定。' },
  },
  match_review_built_on: {
    status: 409,
    title: { en: 'A later decision rests on this one', zh: '后来的结论以此为前提' },
    action: { en: 'Take the later decision back first, then this one.', zh: '请先撤回后来的结论，再撤回本结论。' },
  },
  match_answer_given: {
    status: 409,
    title: { en: 'You have answered this question already', zh: '您已对该疑点作出判断' },
    action: {
      en: 'Another person answers it next. Take your answer back if it was wrong.',
      zh: '请由另一人判断；如有误，可撤回您的判断。',
    },
  },
  match_undo_second: {
    status: 409,
    title: { en: 'Two people must agree to take this back', zh: '撤回须经两人同意' },
    action: {
      en: 'Take the decision back on its question; a second person agrees there.',
      zh: '请在该疑点处撤回结论，并由另一人在该处同意。',
    },
  },
  match_thresholds_crossed: {
    status: 422,
    title: { en: 'The review threshold lies above the acceptance threshold', zh: '核对阈值高于自动采纳阈值' },
    action: { en: 'Give a review threshold no higher than the other.', zh: '核对阈值不得高于自动采纳阈值。' },
  },
  match_crowded: {
    status: 422,
    title: {
      en: 'Too many people here are alike in all that they are looked up by',
      zh: '此地有过多人员的查找项完全相同',
    },
    action: {
      en: 'Look at the latest lists: one of them may hold one person many times, or no names and dates at all. Match a smaller area meanwhile.',
      zh: '请检查最近导入的名单：可能同一人重复多次，或缺少姓名和出生日期。可先对较小的地区进行比对。',
    },
  },
  match_number_held: {
    status: 409,
    title: { en: 'The number belongs to somebody else already', zh: '该证件号码已属于他人' },
    action: {
      en: 'Check the number. If it is the same person, choose that person instead of entering a new one; somebody who is recorded as dead must first be found alive.',
      zh: '请核对号码。如为同一人，请直接选择该人而不要新录入；已登记死亡的人须先核实其在世。',
    },
  },
  match_no_model: {
    status: 409,
    title: { en: 'Nothing has been matched here yet', zh: '此地尚未进行过比对' },
    action: { en: 'Run the matching first.', zh: '请先运行比对。' },
  },
} satisfies Catalogue
