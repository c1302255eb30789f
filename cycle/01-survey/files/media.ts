// The files that answers name: a photo is a name in the answers until its bytes come.
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import type { Form } from '#engines/xforms/model.ts'
import type { Entry } from '#engines/xforms/answers/submission.ts'

export interface NamedFile {
  /** Like `members[2]/photo`, entries counted from 1. */
  path: string
  file_name: string
}

/** Every file that the answers to a form name, in lists and lists within lists too. */
export function filesNamed(form: Form, answers: Entry): NamedFile[] {
  const { household, lists } = fieldsOf(form)
  const walk = (entry: Entry, list: string, at: string): NamedFile[] => {
    const fields = list === '' ? household : (lists[list] ?? {})
    const own = Object.values(fields).flatMap((field): NamedFile[] => {
      const value = entry[field.name]
      return field.type === 'media' && typeof value === 'string' && value.trim() !== ''
        ? [{ path: `${at}${field.name}`, file_name: value.trim() }]
        : []
    })
    const inner = Object.keys(lists).filter((name) => name.slice(0, Math.max(0, name.lastIndexOf('.'))) === list)
    const below = inner.flatMap((name) => {
      const short = name.slice(name.lastIndexOf('.') + 1)
      const entries = entry[short]
      return Array.isArray(entries)
        ? entries.flatMap((each, index) =>
            typeof each === 'object' ? walk(each, name, `${at}${short}[${index + 1}]/`) : [],
          )
        : []
    })
    return [...own, ...below]
  }
  return walk(answers, '', '')
}
