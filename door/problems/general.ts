import type { Catalogue } from './catalogue.ts'

export const generalProblems = {
  sign_in_required: {
    status: 401,
    title: { en: 'Nobody is signed in', zh: '尚未登录' },
    action: { en: 'Sign in, then try again.', zh: '请先登录，然后重试。' },
  },
  sign_in_failed: {
    status: 401,
    title: { en: 'The name or the password is not right', zh: '账号或密码不正确' },
    action: { en: 'Check both and try again.', zh: '请核对后重试。' },
  },
  not_permitted: {
    status: 403,
    title: { en: 'Your role may not do this', zh: '您的角色无权进行此操作' },
    action: {
      en: 'Ask someone whose role may, or sign in with another role.',
      zh: '请由有权限的人员办理，或换用其他角色登录。',
    },
  },
  outside_area: {
    status: 403,
    title: { en: 'This place lies outside your area', zh: '该地区不在您的管辖范围内' },
    action: { en: 'Choose a place within your area.', zh: '请选择您管辖范围内的地区。' },
  },
  same_person: {
    status: 403,
    title: { en: 'This step needs another person', zh: '此步骤须由另一人办理' },
    action: {
      en: 'Whoever did the earlier step may not do this one; a colleague must.',
      zh: '办理过前一步骤的人员不得办理本步骤，请由同事办理。',
    },
  },
  roles_apart: {
    status: 403,
    title: { en: 'One person may not hold these roles together', zh: '同一人不得兼任这些角色' },
    action: {
      en: 'Whoever evaluates, inspects or audits holds no other role. Give one of them to another person.',
      zh: '评估、检查和审计人员不得兼任其他角色，请将其中一个角色交由他人担任。',
    },
  },
  role_not_here: {
    status: 422,
    title: { en: 'There is no such role at this place', zh: '该地区没有此角色' },
    action: {
      en: 'Choose a place that exists, at a level at which the role is held.',
      zh: '请选择存在的、且设有该角色的层级的地区。',
    },
  },
  last_administrator: {
    status: 409,
    title: { en: 'This is the last administrator of the place', zh: '这是该地区最后一名管理员' },
    action: { en: 'Make somebody else administrator there first.', zh: '请先为该地区指定另一名管理员。' },
  },
  login_taken: {
    status: 409,
    title: { en: 'There is an account with this login already', zh: '该登录名已被使用' },
    action: { en: 'Choose another login.', zh: '请另选一个登录名。' },
  },
  password_weak: {
    status: 422,
    title: { en: 'This password is too easily guessed', zh: '该密码过于容易被猜到' },
    action: {
      en: 'Use 12 characters or more: several words that do not belong together are easy to keep and hard to guess.',
      zh: '请使用12个以上字符；几个互不相关的词语既容易记住，又不易被猜到。',
    },
  },
  code_wrong: {
    status: 401,
    title: { en: 'The code is not right, or its time is over', zh: '验证码不正确或已过期' },
    action: { en: 'Check it, or ask your administrator for a new one.', zh: '请核对，或请管理员重新提供。' },
  },
  cross_site_request: {
    status: 403,
    title: { en: 'The request did not come from this site', zh: '请求并非来自本站' },
    action: { en: 'Open Doorstep itself and try again.', zh: '请从本系统页面重试。' },
  },
  not_found: {
    status: 404,
    title: { en: 'There is nothing here', zh: '未找到' },
    action: { en: 'Check the address, or go back to the list.', zh: '请核对地址，或返回列表。' },
  },
  request_invalid: {
    status: 422,
    title: { en: 'Some of what was sent is not as it should be', zh: '提交的内容有误' },
    action: { en: 'Correct the fields named and send again.', zh: '请更正所列字段后重新提交。' },
  },
  above_county: {
    status: 422,
    title: {
      en: 'This is kept county by county: choose a county, or a place in it',
      zh: '此项内容按县管理，请先选择一个县或县以下地区',
    },
    action: { en: 'Choose the place in the line at the top of the page.', zh: '请在页面顶部选择地区。' },
  },
  day_in_future: {
    status: 422,
    title: { en: 'The day has not come yet', zh: '日期尚未到来' },
    action: {
      en: 'A step is recorded when it has been taken: write the day on which it really happened.',
      zh: '步骤办理后才能登记，请填写实际发生的日期。',
    },
  },
  day_before_step: {
    status: 422,
    title: { en: 'The day lies before the step that had to come first', zh: '日期早于前一环节' },
    action: {
      en: 'Write the day on which it really happened: not before the step it follows.',
      zh: '请填写实际发生的日期，不得早于前一环节。',
    },
  },
  rules_not_in_force: {
    status: 409,
    title: { en: 'No rule for this step is in force', zh: '此步骤没有生效的规则' },
    action: {
      en: 'Ask who keeps the rules from which day they hold.',
      zh: '请向规则管理人员核实规则的生效日期。',
    },
  },
  wrong_state: {
    status: 409,
    title: { en: 'This step cannot be taken now', zh: '当前状态下不能进行此步骤' },
    action: {
      en: 'Look at where the household stands and take the step that is due.',
      zh: '请查看该户当前所处阶段，办理应办步骤。',
    },
  },
  already_done: {
    status: 409,
    title: { en: 'This was done already', zh: '此事项已办理' },
    action: { en: 'Nothing needs to be done.', zh: '无需再办理。' },
  },
  body_too_large: {
    status: 413,
    title: { en: 'The file is too large', zh: '文件过大' },
    action: { en: 'Send it in smaller parts.', zh: '请分批提交。' },
  },
  body_of_other_kind: {
    status: 415,
    title: { en: 'This is not taken in that form', zh: '不支持这种格式的内容' },
    action: { en: 'Send JSON, or the kind of file that is asked for.', zh: '请以 JSON 或要求的文件格式提交。' },
  },
  took_too_long: {
    status: 503,
    title: { en: 'This took longer than one request may', zh: '处理时间超过了单次请求的上限' },
    action: {
      en: 'Ask for less: a smaller area, a shorter list. Nothing was changed.',
      zh: '请缩小范围（地区或名单）后重试，未作任何更改。',
    },
  },
  needs_too_much: {
    status: 422,
    title: { en: 'This takes more memory than one request may', zh: '所需内存超过了单次请求的上限' },
    action: { en: 'Send it in smaller parts.', zh: '请分批提交。' },
  },
  client_left: {
    status: 503,
    title: { en: 'Whoever asked did not wait for the answer', zh: '请求方未等待结果' },
    action: { en: 'Ask again; nothing was changed.', zh: '请重新请求，未作任何更改。' },
  },
  too_busy: {
    status: 503,
    title: { en: 'Others are being served first', zh: '正在处理其他请求' },
    action: { en: 'Try again in half a minute; nothing was changed.', zh: '请半分钟后重试，未作任何更改。' },
  },
  too_many_requests: {
    status: 429,
    title: { en: 'Too many tries in a short time', zh: '短时间内尝试次数过多' },
    action: { en: 'Wait a minute, then try again.', zh: '请等待一分钟后重试。' },
  },
  internal_error: {
    status: 500,
    title: { en: 'Something went wrong on our side; nothing was changed', zh: '系统内部出错，未作任何更改' },
    action: {
      en: 'Try again; if it happens again, tell the administrator the request number.',
      zh: '请重试；如再次出现，请将请求编号告知管理员。',
    },
  },
  job_broken: {
    status: 500,
    title: { en: 'The work stopped before its end', zh: '工作中途停止' },
    action: {
      en: 'What it had finished by then stands. Run it again: it does what is left.',
      zh: '此前已完成的部分有效。请重新运行，系统将继续办理其余部分。',
    },
  },
  job_interrupted: {
    status: 503,
    title: { en: 'The server that did the work gave no more sign of life', zh: '执行该工作的服务器已失去联系' },
    action: {
      en: 'What it had finished by then stands. Run it again: it does what is left.',
      zh: '此前已完成的部分有效。请重新运行，系统将继续办理其余部分。',
    },
  },
  not_ready: {
    status: 503,
    title: { en: 'Doorstep is still starting', zh: '系统正在启动' },
    action: { en: 'Wait; this page goes on by itself.', zh: '请稍候，页面将自动继续。' },
  },
  data_in_use: {
    status: 409,
    title: { en: 'These data are in use', zh: '数据正在使用中' },
    action: { en: 'Stop Doorstep there first, then remove them.', zh: '请先停止在该处运行的 Doorstep，再删除。' },
  },
  demo_township_not_ready: {
    status: 409,
    title: { en: 'The whole township is not ready yet', zh: '全乡数据尚未准备好' },
    action: {
      en: 'Have it lived first (the two villages stay open meanwhile), then open it.',
      zh: '请先生成全乡数据（其间两个村照常可用），完成后再打开。',
    },
  },
  registry_unreachable: {
    status: 503,
    title: { en: 'The registry does not answer', zh: '登记数据库没有响应' },
    action: { en: 'Try again in a moment; nothing was lost.', zh: '请稍后重试，数据没有丢失。' },
  },
  registry_busy: {
    status: 503,
    title: { en: 'Somebody else was writing in the same place', zh: '他人正在同一处写入' },
    action: { en: 'Send it again; nothing of it was saved.', zh: '请重新提交，本次未保存任何内容。' },
  },
  registry_disk_full: {
    status: 507,
    title: { en: 'The disk of the registry is full', zh: '登记数据库磁盘已满' },
    action: {
      en: 'Nothing was saved. Free some space, then send again.',
      zh: '未保存任何内容。请清理磁盘空间后重新提交。',
    },
  },
  settings_invalid: {
    status: 500,
    title: { en: 'A setting is not as it should be', zh: '配置有误' },
    action: { en: 'Correct the settings named and start again.', zh: '请更正所列配置后重新启动。' },
  },
  pack_invalid: {
    status: 500,
    title: { en: 'The pack has faults', zh: '规则包有误' },
    action: {
      en: 'Run `doorstep pack check` and mend what it names.',
      zh: '请运行 doorstep pack check 并修正所列问题。',
    },
  },
  household_merged: {
    status: 409,
    title: { en: 'This household was found to be one with another', zh: '经核对，这一户与另一户是同一户' },
    action: {
      en: 'Look under the household it counts for now. If they are two after all, take the decision back in Match.',
      zh: '请到现在归并的那一户查看。如确实是两户，请在“比对”中撤回决定。',
    },
  },
} satisfies Catalogue
