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
} satisfies Catalogue
