import type { Catalogue } from './catalogue.ts'

export const surveyProblems = {
  survey_unknown_form: {
    status: 404,
    title: { en: 'There is no such form', zh: '没有这张调查表' },
    action: {
      en: 'Get the forms again from the list, then send once more.',
      zh: '请重新从表单列表下载调查表后再提交。',
    },
  },
} satisfies Catalogue
