// A household's links as a person tells them: card by card what stands, event by event what was withdrawn.

export interface Linked {
  link_id: string
  left_kind: string
  left_id: string
  person_name: string | null
  method: string
  surveyed_on: string | null
  linked_at: string
  withdrawn_at: string | null
  withdrawn_reason: string | null
}

/** A card and the members on it; `card` is null where the members' card belongs to another household. */
export interface CardStory<L extends Linked> {
  key: string
  card: L | null
  members: L[]
}

/** Links withdrawn together, for one reason. */
export interface Withdrawal<L extends Linked> {
  key: string
  at: string
  reason: string | null
  cards: L[]
  members: L[]
  records: L[]
}

export interface Story<L extends Linked> {
  cards: CardStory<L>[]
  records: L[]
  withdrawals: Withdrawal<L>[]
}

/** The card that a member of it is named by: `instance#2` is the second of `instance`. */
const cardOf = (left_id: string): string => {
  const at = left_id.lastIndexOf('#')
  return at < 0 ? left_id : left_id.slice(0, at)
}

/** Cards by the day of the survey, withdrawals by theirs, the latest first. */
export function storyOf<L extends Linked>(links: readonly L[]): Story<L> {
  const kind = (some: readonly L[], left_kind: string) => some.filter((link) => link.left_kind === left_kind)
  const standing = links.filter((link) => link.withdrawn_at === null)
  const gone = links.filter((link) => link.withdrawn_at !== null)
  const by_card = Map.groupBy([...kind(standing, 'submission'), ...kind(standing, 'member')], (link) =>
    cardOf(link.left_id),
  )
  const cards = [...by_card].map(([key, some]): CardStory<L> => ({
    key,
    card: kind(some, 'submission')[0] ?? null,
    members: kind(some, 'member').toSorted((a, b) => a.left_id.localeCompare(b.left_id, 'en', { numeric: true })),
  }))
  const events = Map.groupBy(gone, (link) => `${link.withdrawn_at} ${link.withdrawn_reason ?? ''}`)
  const withdrawals = [...events].map(([key, some]): Withdrawal<L> => ({
    key,
    at: some[0]?.withdrawn_at ?? '',
    reason: some[0]?.withdrawn_reason ?? null,
    cards: kind(some, 'submission'),
    members: kind(some, 'member'),
    records: kind(some, 'record'),
  }))
  const day = ({ card }: CardStory<L>) => card?.surveyed_on ?? ''
  return {
    cards: cards.toSorted((a, b) => (day(a) < day(b) ? 1 : day(a) > day(b) ? -1 : 0)),
    records: kind(standing, 'record'),
    withdrawals: withdrawals.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)),
  }
}

/** Why links were withdrawn: by a decision, with what its reviewer wrote, or in somebody's own words. */
export function reasonOf(reason: string | null): { key: 'decision' | 'record_moved' | null; note: string } {
  if (reason === null) return { key: null, note: '' }
  const decision = /^(?:review|check) [0-9a-f-]{36}:\s*(.*)$/s.exec(reason)
  if (decision) return { key: 'decision', note: decision[1] ?? '' }
  // What a run writes where a department's record goes to another person.
  if (reason.startsWith('no card names this person')) return { key: 'record_moved', note: '' }
  return { key: null, note: reason }
}
