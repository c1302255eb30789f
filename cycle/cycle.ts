// The campaign, from top to bottom: what each room asks, which tables it writes, which it reads. docs/cycle.md is made
// from this file (`node cycle/doc.ts`), and a test holds the code to it: a room writes its own tables and reads those
// of earlier rooms.

export interface Room {
  number: number
  name: string
  /** The room's folder. */
  folder: string
  question: { en: string; zh: string }
  does: { en: string; zh: string }
  writes: readonly string[]
  reads: readonly string[]
}

export const cycle: readonly Room[] = [
  {
    number: 1,
    name: 'survey',
    folder: '01-survey',
    question: { en: 'Who lives behind every door?', zh: '每一扇门后住着谁？' },
    does: {
      en: 'Serves forms, receives submissions and other departments’ lists, loses nothing.',
      zh: '下发调查表，接收调查数据和部门名单，一条不丢。',
    },
    writes: [
      'form',
      'form_file',
      'instance_claim',
      'submission',
      'submission_file',
      'quarantine',
      'import_batch',
      'register_record',
      'device_key',
    ],
    reads: [],
  },
  {
    number: 2,
    name: 'match',
    folder: '02-match',
    question: { en: 'Who is who?', zh: '谁是谁？' },
    does: {
      en: 'Links submissions and other registers to persons and households; what is doubtful waits for a person.',
      zh: '把调查数据和部门名单对应到人、到户；拿不准的交人核对。',
    },
    writes: ['household_serial', 'household', 'person', 'link', 'match_review', 'match_run', 'national_id_claim'],
    reads: ['submission', 'register_record', 'form'],
  },
  {
    number: 3,
    name: 'assess',
    folder: '03-assess',
    question: { en: 'Who is poor, and how do we know?', zh: '谁贫困，凭什么说？' },
    does: {
      en: 'Indicators and a verdict for every household, each with its reasons and what is still unknown.',
      zh: '逐户给出各项指标和结论，写明理由和尚不清楚之处。',
    },
    writes: [
      'assessment',
      'assessed_rules',
      'assessment_turn',
      'follow_up',
      'verification',
      'rule_version',
      'rule_draft',
      'rule_draft_edit',
    ],
    reads: ['household', 'person', 'link', 'submission', 'register_record', 'form'],
  },
  {
    number: 4,
    name: 'appraise',
    folder: '04-appraise',
    question: { en: 'What does the village say?', zh: '村里人怎么说？' },
    does: {
      en: 'Village meeting, public notices, objections, township and county review, each by another person.',
      zh: '民主评议、公示、异议、乡镇审核、县级复核，各由不同的人办理。',
    },
    writes: [
      'appraisal',
      'appraisal_meeting',
      'appraisal_vote',
      'public_notice',
      'notice_household',
      'objection',
      'review',
    ],
    reads: ['household', 'assessment', 'verification', 'submission'],
  },
  {
    number: 5,
    name: 'register',
    folder: '05-register',
    question: { en: 'What stands in the household’s file?', zh: '这一户的档案里写着什么？' },
    does: {
      en: 'The household file: dated entries, never overwritten, shown as it was on any date.',
      zh: '建档立卡：按日期记录，从不覆盖，可查看任一日期时的样子。',
    },
    writes: ['register_entry', 'register_household'],
    reads: ['household', 'person', 'link', 'submission', 'assessment', 'appraisal', 'review', 'form'],
  },
  {
    number: 6,
    name: 'diagnose',
    folder: '06-diagnose',
    question: { en: 'Why is it poor?', zh: '为什么贫困？' },
    does: {
      en: 'Ranks the causes by how far the shortfall would close without each; the surveyor’s word stays beside it.',
      zh: '按消除该原因后缺口缩小多少排列致贫原因，并保留调查员的判断。',
    },
    writes: ['diagnosis'],
    reads: ['household', 'person', 'link', 'submission', 'register_record', 'assessment', 'register_household', 'form'],
  },
  {
    number: 7,
    name: 'prescribe',
    folder: '07-prescribe',
    question: { en: 'What would lift it out?', zh: '怎样才能脱贫？' },
    does: {
      en: 'Measures whose conditions hold, the cheapest sufficient set first, within budgets and capacities.',
      zh: '选出符合条件的措施，先取够用而最省的组合，不超预算和能力。',
    },
    writes: ['measure_budget', 'plan', 'plan_item'],
    reads: [
      'household',
      'person',
      'link',
      'submission',
      'register_record',
      'assessment',
      'register_household',
      'diagnosis',
      'form',
    ],
  },
  {
    number: 8,
    name: 'deliver',
    folder: '08-deliver',
    question: { en: 'Did the help arrive?', zh: '帮扶到位了吗？' },
    does: {
      en: 'What was really given, by whom, at what cost, signed by the head; the income ledger.',
      zh: '记录实际给了什么、谁给的、花了多少、户主签字；记收入台账。',
    },
    writes: ['helper', 'delivery', 'income_ledger'],
    reads: ['household', 'register_household', 'plan', 'plan_item'],
  },
  {
    number: 9,
    name: 'monitor',
    folder: '09-monitor',
    question: { en: 'What has changed?', zh: '有什么变化？' },
    does: {
      en: 'Changes and shocks; alerts by rule where a household may fall back or fall in.',
      zh: '记录变化和变故；对可能返贫、致贫的家庭按规则预警。',
    },
    writes: ['change_event', 'alert'],
    reads: [
      'household',
      'person',
      'link',
      'submission',
      'register_record',
      'assessment',
      'register_household',
      'delivery',
      'income_ledger',
      'form',
    ],
  },
  {
    number: 10,
    name: 'exit',
    folder: '10-exit',
    question: { en: 'May it leave the list?', zh: '可以退出了吗？' },
    does: {
      en: 'Criteria checked one by one, verified, with the household’s consent and a notice; then villages and the county.',
      zh: '逐项对照退出标准，核实、本户认可、公示；再到村、到县。',
    },
    writes: ['exit_case', 'exit_step', 'area_exit'],
    reads: [
      'household',
      'person',
      'link',
      'submission',
      'register_record',
      'assessment',
      'register_household',
      'plan',
      'plan_item',
      'delivery',
      'income_ledger',
      'alert',
      'form',
      // A view: what a closed evaluation hands on. A county leaves the list on it.
      'closed_rate',
    ],
  },
  {
    number: 11,
    name: 'evaluate',
    folder: '11-evaluate',
    question: { en: 'Is it true?', zh: '是真的吗？' },
    does: {
      en: 'A random draw nobody could foresee, blind inspection, rates with intervals, a decision.',
      zh: '谁也猜不到的随机抽样，不知底细的入户核查，带区间的比率，作出结论。',
    },
    writes: ['evaluation', 'evaluation_unit', 'inspection', 'evaluation_estimate', 'appeal'],
    reads: ['household', 'register_household', 'exit_case', 'area_exit', 'form'],
  },
  {
    number: 12,
    name: 'see',
    folder: '12-see',
    question: { en: 'Where does the campaign stand?', zh: '工作进展到哪里了？' },
    does: {
      en: 'Overview, map, lists, the whole household file, exports and open data. Writes nothing.',
      zh: '总览、地图、名单、完整的家庭档案、导出与开放数据。不写任何数据。',
    },
    writes: [],
    reads: [
      'household_road',
      'timeline',
      'submission',
      'quarantine',
      'household',
      'person',
      'match_review',
      'assessment',
      'follow_up',
      'verification',
      'appraisal',
      'objection',
      'register_household',
      'diagnosis',
      'plan',
      'plan_item',
      'helper',
      'delivery',
      'alert',
      'exit_case',
      'area_exit',
      'inspection',
      'evaluation',
    ],
  },
]
