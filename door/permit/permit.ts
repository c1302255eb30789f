import { problem } from '../problems.ts'
import { mayRole, type Action, type Role } from './roles.ts'

/** Who acts: a signed-in person in one of his roles, at one area. `scope` is the area-code prefixes he may touch. */
export interface Actor {
  account_id: string | null
  name: { en: string; zh: string } | null
  role: Role
  area_code: string | null
  scope: string[]
  /** Two roles of this person that may not be together (together.ts): nothing may be done in either. */
  apart?: [string, string] | null
}

/** The scope of an area: everything below it; the nation's code does not nest, so it is '*'. */
export function scopeOf(area_code: string | null, level: string | null): string[] {
  if (area_code === null) return []
  return level === 'nation' ? ['*'] : [area_code]
}

/** Does the actor's scope cover this area? Area codes nest as prefixes. For the door's own use; acts ask `covers`. */
export function within(actor: Actor, area_code: string): boolean {
  return actor.scope.some((prefix) => prefix === '*' || area_code.startsWith(prefix))
}

/** Which areas an act looked at, by the request's actor: the door answers only where they are what the route declares. */
const looked = new WeakMap<Actor, { area: boolean; own: boolean }>()

function note(actor: Actor, what: { area?: true; own?: true }): void {
  looked.set(actor, { area: false, own: false, ...looked.get(actor), ...what })
}

/** What the acts of this actor's request have looked at so far. */
export function lookedAt(actor: Actor): { area: boolean; own: boolean } {
  return looked.get(actor) ?? { area: false, own: false }
}

/** Does the actor's scope cover this area? What is not covered must be left out or refused. */
export function covers(actor: Actor, area_code: string): boolean {
  note(actor, { area: true })
  return within(actor, area_code)
}

/** Does the area lie in, or around, the actor's own (a township reads what was published of its county)? */
export function touches(actor: Actor, area_code: string): boolean {
  return covers(actor, area_code) || actor.scope.some((code) => code.startsWith(area_code))
}

/** The area codes to narrow a list to; `['*']` is the nation. */
export function ownScope(actor: Actor): string[] {
  note(actor, { own: true })
  return actor.scope
}

/** Says that the request names nothing that there is: there is no area to look at. */
export function reachesNothing(actor: Actor): void {
  note(actor, { area: true })
}

/** What nobody is kept from: to see who is signed in, and to leave. */
const always: readonly Action[] = ['session.read', 'session.open', 'session.close']

/** The middle beat of every route: role x action x area, or a problem that says which of them failed. */
export function permit(actor: Actor, action: Action, area_code?: string): void {
  if (actor.apart && !always.includes(action)) {
    throw problem('roles_apart', { detail: `The account holds the roles ${actor.apart.join(' and ')}.` })
  }
  if (!mayRole(actor.role, action)) {
    throw problem(actor.account_id === null ? 'sign_in_required' : 'not_permitted', {
      detail: `Role ${actor.role} may not ${action}.`,
    })
  }
  if (area_code !== undefined && !covers(actor, area_code)) {
    throw problem('outside_area', { detail: `Area ${area_code} is not below ${actor.scope.join(', ') || 'any area'}.` })
  }
}

/**
 * Separation of duties: whoever took an earlier step on this household may not take this one
 * (who surveyed may not approve; two notices, three reviews, each by another person).
 */
export function mustDiffer(actor: Actor, earlier: (string | null | undefined)[], step: string): void {
  if (actor.account_id !== null && earlier.includes(actor.account_id)) {
    throw problem('same_person', { detail: `The person who acts took an earlier step before ${step}.` })
  }
}
