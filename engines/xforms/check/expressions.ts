// Are the expressions of a form XPath at all? A client would stop at the form's opening, in the field.
import type { FormProblem } from '../model.ts'
import type { Placed } from '../model.ts'
import { parseXPath, XPathSyntaxError } from '../xpath/parse.ts'

/** What is wrong with the syntax of an expression; undefined when it can be read. References count as paths. */
export function syntaxProblem(expression: string): string | undefined {
  try {
    parseXPath(expression.replaceAll(/\$\{[^}]*\}/g, ' /r '))
    return undefined
  } catch (error) {
    if (error instanceof XPathSyntaxError) return error.message
    throw error
  }
}

const WORDS = /^(yes|no|true|false)$/i

/** Problems of an item's logic columns. */
export function checkExpressions({ item }: Placed): FormProblem[] {
  const { bind } = item
  const columns: [string, string | undefined][] = [
    ['relevant', bind.relevant],
    ['constraint', bind.constraint],
    ['required', bind.required],
    ['readonly', bind.readonly],
    ['calculation', bind.calculation],
    ['repeat_count', item.kind === 'repeat' ? item.repeat_count : undefined],
    ['choice_filter', item.kind === 'question' ? item.choice_filter : undefined],
  ]
  return columns.flatMap(([column, expression]) => {
    if (expression === undefined || WORDS.test(expression)) return []
    const found = syntaxProblem(expression)
    if (found === undefined) return []
    return [
      {
        code: 'form_invalid_expression' as const,
        sheet: 'survey',
        row: item.row,
        column,
        message: `The expression cannot be read: ${found}.`,
        hint: hintFor(expression),
      },
    ]
  })
}

function hintFor(expression: string): string {
  if (/[\u2018\u2019\u201c\u201d]/.test(expression)) return 'Replace curly quotation marks by straight ones: \' or ".'
  if (/==/.test(expression)) return 'Equality is written with one "=".'
  if (/&&|\|\|/.test(expression)) return 'Write "and" and "or".'
  if ((expression.match(/\(/g) ?? []).length !== (expression.match(/\)/g) ?? []).length)
    return 'Every "(" needs its ")".'
  return 'Compare with the examples in the documentation; texts stand in quotation marks.'
}
