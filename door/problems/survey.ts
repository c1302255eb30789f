import type { Catalogue } from './catalogue.ts'

// Also the words of quarantine: what is kept there carries one of these codes.
export const surveyProblems = {
  survey_unknown_form: {
    status: 404,
    title: { en: 'There is no such form', zh: '没有这张调查表' },
    action: {
      en: 'Get the forms again from the list, then send once more.',
      zh: '请重新从表单列表下载调查表后再提交。',
    },
  },
  survey_unknown_version: {
    status: 409,
    title: { en: 'The form has no such version', zh: '调查表没有这个版本' },
    action: {
      en: 'It is kept. Publish that version, or correct and accept it in quarantine.',
      zh: '数据已保留。请发布该版本，或在待处理区更正后接收。',
    },
  },
  survey_form_withdrawn: {
    status: 409,
    title: { en: 'The form takes no more submissions', zh: '这张调查表已停止接收' },
    action: { en: 'It is kept. A colleague decides in quarantine.', zh: '数据已保留，由工作人员在待处理区决定。' },
  },
  survey_device_exists: {
    status: 409,
    title: { en: 'This device has a key already', zh: '该设备已有密钥' },
    action: {
      en: 'Take its key away first, or give the new device another name.',
      zh: '请先停用原密钥，或为新设备另取名称。',
    },
  },
  survey_form_invalid: {
    status: 422,
    title: { en: 'The form has faults', zh: '调查表有错误' },
    action: { en: 'Correct the rows named and upload it again.', zh: '请更正所列各行后重新上传。' },
  },
  survey_form_exists: {
    status: 409,
    title: { en: 'This version of the form is published already', zh: '调查表的这个版本已经发布' },
    action: {
      en: 'Give the changed form a new version in its settings sheet.',
      zh: '请在 settings 工作表中为修改后的表单填写新的版本号。',
    },
  },
  survey_malformed_xml: {
    status: 400,
    title: { en: 'The submission cannot be read', zh: '提交的数据无法读取' },
    action: {
      en: 'It is kept. Send it again from the device; if it fails again, tell the county office.',
      zh: '数据已保留。请从设备重新发送；仍失败请联系县级办公室。',
    },
  },
  survey_encrypted: {
    status: 422,
    title: { en: 'The submission is encrypted by the device', zh: '提交的数据已被设备加密' },
    action: {
      en: 'It is kept, but not read: publish forms without a public key.',
      zh: '数据已保留但无法读取。请发布不带公钥的调查表。',
    },
  },
  survey_no_xml: {
    status: 400,
    title: { en: 'The request holds no submission', zh: '请求中没有提交数据' },
    action: { en: 'Send the part xml_submission_file.', zh: '请发送 xml_submission_file 部分。' },
  },
  survey_unknown_area: {
    status: 422,
    title: { en: 'The area in the answers does not exist', zh: '所填地区代码不存在' },
    action: {
      en: 'It is kept. Correct the area code in quarantine.',
      zh: '数据已保留。请在待处理区更正地区代码。',
    },
  },
  survey_outside_area: {
    status: 403,
    title: { en: 'The household lies outside the sender’s area', zh: '该户不在发送人的管辖范围内' },
    action: {
      en: 'It is kept. Somebody whose area it is can accept it.',
      zh: '数据已保留，由所在地区的工作人员接收。',
    },
  },
  survey_instance_conflict: {
    status: 409,
    title: { en: 'Another submission with this ID is here already', zh: '相同编号的另一份数据已存在' },
    action: {
      en: 'Both are kept. Compare them in quarantine and decide.',
      zh: '两份数据均已保留，请在待处理区核对后决定。',
    },
  },
  survey_edit_unknown: {
    status: 404,
    title: { en: 'The submission it corrects is not here', zh: '所更正的原始数据不存在' },
    action: { en: 'It is kept. Send the first submission too.', zh: '数据已保留。请同时发送首次提交的数据。' },
  },
  survey_edit_stale: {
    status: 409,
    title: { en: 'The submission it corrects was corrected before', zh: '原始数据已被更正过' },
    action: {
      en: 'It is kept. Compare both corrections in quarantine and decide.',
      zh: '数据已保留，请在待处理区核对两次更正后决定。',
    },
  },
  survey_file_waiting: {
    status: 409,
    title: { en: 'A file waits for its submission', zh: '附件等待所属数据处理' },
    action: { en: 'Deal with its submission first.', zh: '请先处理其所属的数据。' },
  },
  survey_row_invalid: {
    status: 422,
    title: { en: 'A row of the list cannot be taken in', zh: '名单中有一行无法接收' },
    action: { en: 'Correct the columns named and import the row again.', zh: '请更正所列各列后重新导入该行。' },
  },
  survey_not_a_table: {
    status: 415,
    title: { en: 'The file is no table that can be read', zh: '文件不是可读取的表格' },
    action: { en: 'Save it as CSV or as an Excel workbook (.xlsx).', zh: '请另存为 CSV 或 Excel 工作簿（.xlsx）。' },
  },
  survey_mapping_incomplete: {
    status: 422,
    title: { en: 'Columns that are needed are not mapped', zh: '必需的列尚未对应' },
    action: { en: 'Say which column holds each of the fields named.', zh: '请为所列字段指定对应的列。' },
  },
  survey_import_open: {
    status: 422,
    title: { en: 'The list leaves something open', zh: '名单中还有需要确认之处' },
    action: {
      en: 'Answer the questions of the preview: what each answer would make of the values stands there.',
      zh: '请在预览中逐项确认；每种选择会得到什么值，预览中都已列出。',
    },
  },
  survey_import_unseen: {
    status: 422,
    title: { en: 'The summary of the list was not looked at', zh: '尚未查看名单的汇总' },
    action: {
      en: 'Ask for the preview first, and send its fingerprint with the import.',
      zh: '请先查看预览，并随导入一并提交预览的校验码。',
    },
  },
  survey_import_changed: {
    status: 409,
    title: { en: 'The list or its mapping is not the one that was looked at', zh: '名单或对应关系与预览时不同' },
    action: { en: 'Look at the preview again, then import.', zh: '请重新查看预览后再导入。' },
  },
  survey_resolution_fails: {
    status: 409,
    title: { en: 'It still cannot be accepted', zh: '仍然无法接收' },
    action: { en: 'Correct what is named, or reject it with a note.', zh: '请更正所列问题，或注明原因后退回。' },
  },
} satisfies Catalogue
