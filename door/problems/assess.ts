import type { Catalogue } from './catalogue.ts'

export const assessProblems = {
  assess_superseded: {
    status: 409,
    title: { en: 'The household was assessed anew in the meantime', zh: '该户已重新评估' },
    action: {
      en: 'Load the list again: if there is still something to verify, the household stands there.',
      zh: '请刷新列表；如仍需核实，该户会在列表中。',
    },
  },
  assess_undo_too_late: {
    status: 409,
    title: { en: 'This decision can no longer be taken back', zh: '该决定已不能撤回' },
    action: {
      en: 'Only whoever decided may take it back, within two minutes. After that, have the household surveyed again.',
      zh: '只有作出决定的人可在两分钟内撤回；超过时间请重新调查该户。',
    },
  },
  assess_rules_changed: {
    status: 409,
    title: { en: 'The rules changed while the assessment ran', zh: '评估进行中规则发生了变化' },
    action: {
      en: 'A later run under other rules has begun in this county, so this one stopped. Each household has one whole assessment, told by its rules’ version; start the assessment again to bring all to the rules in force.',
      zh: '本县已按另一版规则开始新的评估，本次评估已停止。每户都有一份完整的评估，并注明所用规则版本；请重新开始评估，使全部农户统一到现行规则。',
    },
  },
  draft_conflict: {
    status: 409,
    title: { en: 'Somebody else changed this draft in the meantime', zh: '草案已被他人修改' },
    action: {
      en: 'Nothing of yours was written. Load the draft again and make your change on what stands there now.',
      zh: '您的修改未写入。请重新打开草案，在最新内容上修改。',
    },
  },
  draft_closed: {
    status: 409,
    title: { en: 'This draft is closed', zh: '该草案已关闭' },
    action: {
      en: 'A draft that was published or withdrawn does not change any more. Begin another.',
      zh: '已发布或已撤回的草案不能再改，请新建草案。',
    },
  },
  draft_outdated: {
    status: 409,
    title: { en: 'The rules in force have changed since this draft began', zh: '草案开始后现行规则已有变化' },
    action: {
      en: 'Bring the draft up to the rules in force, look at it again, then have it published.',
      zh: '请先将草案更新到现行规则，复看后再发布。',
    },
  },
  draft_overlaps: {
    status: 409,
    title: { en: 'The same entries were changed in force and in the draft', zh: '现行规则与草案改动了相同条目' },
    action: {
      en: 'Nothing was changed. Decide for each entry named: write it again on the rules in force, in a new draft.',
      zh: '未作任何改动。请逐条决定，在新草案中按现行规则重写所列条目。',
    },
  },
  draft_has_problems: {
    status: 422,
    title: { en: 'The draft does not pass the check', zh: '草案未通过检查' },
    action: {
      en: 'Mend every problem named; all worked examples must come out as they say.',
      zh: '请改正所列全部问题；所有示例须得出所写结果。',
    },
  },
  draft_empty: {
    status: 409,
    title: { en: 'The draft changes nothing', zh: '草案没有任何改动' },
    action: { en: 'Change a rule first, or withdraw the draft.', zh: '请先修改规则，或撤回草案。' },
  },
  draft_bad_entry: {
    status: 422,
    title: { en: 'This entry cannot be written into the rules', zh: '该条目无法写入规则' },
    action: { en: 'Correct what is named and send it again.', zh: '请更正所列内容后重新提交。' },
  },
  pack_second_person: {
    status: 403,
    title: { en: 'Rules are published by a second person', zh: '规则须由另一人发布' },
    action: {
      en: 'You wrote part of this draft. Ask a colleague who did not to read and publish it.',
      zh: '您参与了该草案的编写，请由未参与的同事审阅后发布。',
    },
  },
  rules_do_not_fit: {
    status: 503,
    title: { en: 'The published rules do not fit this installation’s forms', zh: '已发布的规则与本机表单不符' },
    action: {
      en: 'Put the pack’s forms back as they were, or publish rules that fit them; nothing was written.',
      zh: '请恢复原有表单，或发布与之相符的规则；未写入任何内容。',
    },
  },
  whatif_unknown_parameter: {
    status: 422,
    title: { en: 'The rules read no such figure', zh: '规则中没有这个参数' },
    action: {
      en: 'Use one of the names given; the book of rules lists them.',
      zh: '请使用所列名称；规则手册中有全部参数。',
    },
  },
  whatif_bad_value: {
    status: 422,
    title: { en: 'This value does not fit the figure', zh: '这个值不符合该参数' },
    action: {
      en: 'Give a number in the unit named: an amount of money in its main unit, a count as a whole number.',
      zh: '请按所列单位填写数字，例如金额以元为单位。',
    },
  },
  whatif_unknown_rule: {
    status: 422,
    title: { en: 'The rules have no such entry', zh: '规则中没有这一条' },
    action: {
      en: 'Use one of the codes given; the book of rules lists them.',
      zh: '请使用所列代码；规则手册中有全部条目。',
    },
  },
  whatif_bad_rule: {
    status: 422,
    title: { en: 'The changed rule cannot be asked', zh: '修改后的规则无法使用' },
    action: {
      en: 'Mend the rule at the place named; nothing was worked out.',
      zh: '请在所指位置修改规则；本次未测算。',
    },
  },
  whatif_bad_file: {
    status: 422,
    title: { en: 'A file of the draft cannot be read', zh: '草案中的文件无法读取' },
    action: { en: 'Mend the file where the message says, then ask again.', zh: '请按提示修改文件后重试。' },
  },
  whatif_no_snapshot: {
    status: 422,
    title: { en: 'There is no snapshot in this folder', zh: '该文件夹中没有快照' },
    action: {
      en: 'Name a folder that holds households/*.parquet and members/*.parquet.',
      zh: '请指定含有 households/*.parquet 和 members/*.parquet 的文件夹。',
    },
  },
} satisfies Catalogue
