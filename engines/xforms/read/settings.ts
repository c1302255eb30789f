// The settings sheet: one row under its headers.
import { cellsOf, columnsOf } from './columns.ts'
import type { FormProblem } from '../model.ts'
import { isName, NAME_HINT } from './names.ts'
import type { Workbook } from './workbook.ts'

export type BuildOptions = {
  /** Used where the settings sheet gives no form_id. */
  form_id?: string
  /** Used where the settings sheet gives no name: the root element of submissions. */
  root_name?: string
}

export type Settings = {
  form_id: string
  title: string
  version?: string
  root_name: string
  default_language: string
  others: Record<string, string>
}

/** Reads the settings; what is not one of the five named ones stays in `others`, by its header in lower case. */
export function buildSettings(workbook: Workbook, options: BuildOptions, problems: FormProblem[]): Settings {
  const sheet = workbook.sheets['settings']
  const row = sheet?.rows[0]
  const columns = sheet ? columnsOf(sheet) : []
  const values: Record<string, string> = {}
  if (row) {
    // Two spellings of one setting: the one named as the documentation names it wins.
    const { values: read } = cellsOf(
      row,
      [...columns].sort((a, b) => exactness(a.header, a.key) - exactness(b.header, b.key)),
    )
    Object.assign(values, read)
  }
  const { form_id: id, title, version, name, default_language, ...others } = values
  const form_id = id ?? options.form_id ?? 'data'
  const root_name = name ?? options.root_name ?? 'data'
  if (!isName(root_name)) {
    problems.push({
      code: 'form_invalid_setting',
      sheet: 'settings',
      row: row?.row ?? 1,
      column: 'name',
      message: `The form's name "${root_name}" cannot be the name of an XML element.`,
      hint: NAME_HINT,
    })
  }
  return {
    form_id,
    title: title ?? form_id,
    ...(version !== undefined && { version }),
    root_name,
    default_language: default_language ?? 'default',
    others,
  }
}

const exactness = (header: string, key: string) => (header.trim().toLowerCase() === key ? 1 : 0)
