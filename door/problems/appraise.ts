import type { Catalogue } from './catalogue.ts'

export const appraiseProblems = {
  appraise_no_quorum: {
    status: 422,
    title: { en: 'Too few representatives were present', zh: '到会代表人数不足' },
    action: {
      en: 'Record a meeting at which enough were present; this one decides nothing.',
      zh: '请在人数达到规定时重新召开会议；本次会议不能作出决定。',
    },
  },
  appraise_votes_exceed: {
    status: 422,
    title: { en: 'More votes than people present', zh: '票数超过到会人数' },
    action: { en: 'Count the votes again and correct them.', zh: '请重新计票并更正。' },
  },
  appraise_notice_running: {
    status: 409,
    title: { en: 'The notice still has days to run', zh: '公示期未满' },
    action: { en: 'Close it on or after its last day.', zh: '请在公示期满当日或之后结束公示。' },
  },
  appraise_objection_open: {
    status: 409,
    title: { en: 'An objection is still open', zh: '尚有异议未处理' },
    action: { en: 'Settle the objection first.', zh: '请先处理异议。' },
  },
  appraise_notice_closed: {
    status: 409,
    title: { en: 'The notice is already closed', zh: '公示已结束' },
    action: {
      en: 'Objections are taken while a notice runs; send this one to the township.',
      zh: '异议应在公示期间提出，请向乡镇反映。',
    },
  },
  appraise_count_wrong: {
    status: 422,
    title: { en: 'The count of people or votes cannot be right', zh: '人数或票数有误' },
    action: { en: 'Look at the minutes and correct the count.', zh: '请核对会议记录并更正。' },
  },
  appraise_not_reviewed: {
    status: 409,
    title: { en: 'Not every household has been reviewed', zh: '尚有农户未经审核' },
    action: {
      en: 'Review the households named first, or leave them off this notice.',
      zh: '请先审核所列农户，或不列入本次公示。',
    },
  },
} satisfies Catalogue
