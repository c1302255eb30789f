// Where each declared entity stands in the form: one container holds at most one, none crosses a repeat.
// Specification: https://getodk.github.io/xforms-spec/entities
import type { EntityDeclaration, Form, Group, Placed, Repeat } from '../model.ts'
import type { Scope } from '../read/references.ts'
import { referencedNames } from '../read/references.ts'

export type Path = (Group | Repeat)[]
export type EntityProblem = { sheet: 'survey' | 'entities'; row: number; message: string; hint: string }
export type Allocation = { declaration: EntityDeclaration; path: Path }

/** The list a save_to names: `list#property`, or the only list there is. */
export function listOfSaveTo(save_to: string, declarations: readonly EntityDeclaration[]): string | undefined {
  const at = save_to.indexOf('#')
  return at > 0 ? save_to.slice(0, at).trim() : declarations[0]?.list_name
}

/** The part of a path down to its innermost repeat: the scope within which one entry's values are one. */
const scopePath = (path: Path): Path => path.slice(0, path.findLastIndex((item) => item.kind === 'repeat') + 1)
const startsWith = (path: Path, head: Path) => head.every((item, at) => path[at] === item)
const shown = (path: Path) => `/${path.map((item) => item.name).join('/')}`

type Draft = { declaration: EntityDeclaration; scope: Path; start: Path; pinned: boolean }

function draftOf(form: Form, scope: Scope, declaration: EntityDeclaration, problems: EntityProblem[]): Draft {
  const saved = scope.placed.filter(
    ({ item }) => item.save_to !== undefined && listOfSaveTo(item.save_to, form.entities) === declaration.list_name,
  )
  const texts = [declaration.label, declaration.entity_id, declaration.create_if, declaration.update_if]
  const named = texts
    .flatMap((text) => referencedNames(text ?? ''))
    .map((name) => scope.by_name.get(name)?.[0])
    .filter((one): one is Placed => one !== undefined)
  const deepest = [...saved, ...named].map((one) => scopePath(one.parents)).sort((a, b) => b.length - a.length)[0] ?? []
  const hint = 'Copy the value into the same repeat with a calculate, and use that.'
  for (const one of saved) {
    if (scopePath(one.parents).at(-1) !== deepest.at(-1)) {
      problems.push({
        sheet: 'survey',
        row: one.item.row,
        hint,
        message: `The list "${declaration.list_name}" is filled from ${shown(deepest)} and from ${shown(scopePath(one.parents))}.`,
      })
    }
  }
  for (const one of named) {
    if (!startsWith(deepest, scopePath(one.parents))) {
      problems.push({
        sheet: 'entities',
        row: declaration.row,
        hint,
        message: `The list "${declaration.list_name}" refers to \${${one.item.name}}, which stands in another repeat.`,
      })
    }
  }
  const inside = (saved.length > 0 ? saved : named).filter((one) => scopePath(one.parents).at(-1) === deepest.at(-1))
  const start =
    saved.length > 0
      ? inside
          .map((one) => one.parents)
          .reduce<Path>((shared, path) => shared.filter((item, at) => path[at] === item), inside[0]?.parents ?? [])
      : (inside.map((one) => one.parents).sort((a, b) => b.length - a.length)[0] ?? deepest)
  return {
    declaration,
    scope: deepest,
    start: start.length < deepest.length ? deepest : start,
    pinned: saved.length > 0,
  }
}

/** Gives every declaration a container of its own, those with saved properties first. */
export function allocateEntities(form: Form, scope: Scope): { allocations: Allocation[]; problems: EntityProblem[] } {
  const problems: EntityProblem[] = []
  const drafts = form.entities.map((declaration) => draftOf(form, scope, declaration, problems))
  const taken = new Map<Group | Repeat | undefined, number>()
  const found = new Map<EntityDeclaration, Path>()
  const alone = drafts.length === 1
  for (const draft of [...drafts].sort((a, b) => Number(b.pinned) - Number(a.pinned))) {
    // One list outside repeats stands at the top, where clients before 2025.1 look for it.
    let path = alone && draft.scope.length === 0 ? [] : draft.start
    while (!draft.pinned && taken.has(path.at(-1)) && path.length > draft.scope.length) path = path.slice(0, -1)
    if (taken.has(path.at(-1))) {
      problems.push({
        sheet: 'entities',
        row: draft.declaration.row,
        message: `There is no group free for the list "${draft.declaration.list_name}" in ${shown(draft.scope)}: row ${taken.get(path.at(-1))} has it.`,
        hint: 'Put the questions of each list into a group of its own.',
      })
    }
    taken.set(path.at(-1), draft.declaration.row)
    found.set(draft.declaration, path)
  }
  problems.push(...strayProperties(form, scope, found))
  const allocations = form.entities.map((declaration) => ({ declaration, path: found.get(declaration) ?? [] }))
  return { allocations, problems: problems.slice(0, 1) }
}

/** A saved property belongs to the nearest entity above it: another list's entity in between would take it. */
function strayProperties(form: Form, scope: Scope, found: Map<EntityDeclaration, Path>): EntityProblem[] {
  const owner = new Map([...found].map(([declaration, path]) => [path.at(-1), declaration]))
  return scope.placed.flatMap(({ item, parents }) => {
    if (item.save_to === undefined) return []
    const list = listOfSaveTo(item.save_to, form.entities)
    const nearest = owner.get(parents.findLast((parent) => owner.has(parent)))
    if (nearest === undefined || nearest.list_name === list) return []
    return [
      {
        sheet: 'survey' as const,
        row: item.row,
        message: `The value saved to "${list}" would go to "${nearest.list_name}", whose entity stands nearer.`,
        hint: 'Put the questions of each list into a group of its own.',
      },
    ]
  })
}
