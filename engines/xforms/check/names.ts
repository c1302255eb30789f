// Names of questions, groups and repeats: what they may be, and where they may not stand twice.
import { countNode } from '../write/instances.ts'
import type { FormProblem, Placed } from '../model.ts'
import { isName, isTaken, NAME_HINT, proposeName } from '../read/names.ts'
import type { Scope } from '../read/references.ts'

/** Problems of every name of a form, in its order. */
export function checkNames(scope: Scope): Map<Placed, FormProblem[]> {
  const siblings = new Map<string, number>()
  const repeats = new Map<string, number>()
  return new Map(scope.placed.map((placed) => [placed, checkName(placed, scope, siblings, repeats)]))
}

function checkName(
  placed: Placed,
  scope: Scope,
  siblings: Map<string, number>,
  repeats: Map<string, number>,
): FormProblem[] {
  const { item } = placed
  const problems: FormProblem[] = []
  const report = (code: FormProblem['code'], message: string, hint: string) =>
    problems.push({ code, message, sheet: 'survey', row: item.row, column: 'name', hint })
  if (item.name === '') return problems
  if (!isName(item.name)) {
    report(
      'form_invalid_name',
      `"${item.name}" cannot be a name.`,
      `${NAME_HINT} For example "${proposeName(item.name)}".`,
    )
    return problems
  }
  if (isTaken(item.name))
    report('form_reserved_name', `"${item.name}" cannot be a name.`, `Choose another, e.g. "${item.name}_1".`)
  if (item.name === 'meta')
    report('form_reserved_name', 'The name "meta" is kept for the form\'s own data.', 'Choose another name.')
  const parent = placed.path.slice(0, -1)
  const own_count = item.kind === 'repeat' ? countNode(item) : undefined
  // A count that is no plain reference gets a node of its own beside the repeat.
  for (const name of own_count === undefined ? [item.name] : [item.name, own_count]) {
    const key = [...parent, name].join('/')
    const first = siblings.get(key)
    if (first === undefined) siblings.set(key, item.row)
    else
      report(
        'form_duplicate_name',
        `The name "${name}" is already used in row ${first} of the same group.`,
        `Rename one of them, e.g. "${item.name}_2".`,
      )
  }
  if (item.kind === 'repeat') {
    if (item.name === scope.root)
      report(
        'form_reserved_name',
        `"${item.name}" is the name of the whole form.`,
        'Give the repeat another name, or the form one in the settings sheet.',
      )
    const first = repeats.get(item.name)
    if (first === undefined) repeats.set(item.name, item.row)
    else if (first !== item.row)
      report(
        'form_duplicate_name',
        `Row ${first} has a repeat "${item.name}" too: a repeat's name stands once in a form.`,
        `Rename one of them, e.g. "${item.name}_2".`,
      )
  }
  return problems
}
