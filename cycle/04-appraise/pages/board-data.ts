// The board as the screens of this room read it, and what is due next for a role. Pure but for the one query.
import { useQuery } from '@tanstack/react-query'
import { api, call, type Answer } from '#web/client.ts'
import type { Level, Stage } from '../appraise.ts'

const boardCall = api.api.appraise.board
export type Board = Answer<Awaited<ReturnType<typeof boardCall.$get>>>
export type Card = Board['columns'][number]['cards'][number]
export type Notice = Board['notices'][number]
export type Objection = Board['objections'][number]

export const boardKey = (code: string) => ['appraise', 'board', code]

/** The board of an area: at most a hundred cards in each state, the most urgent first. */
export function useBoard(code: string) {
  return useQuery({
    queryKey: boardKey(code),
    queryFn: () => call(boardCall.$get({ query: { area_code: code, limit: '100' } })),
    enabled: code !== '',
  })
}

export type Due =
  | { kind: 'open'; count: number; cards: Card[]; column: null }
  | { kind: 'meet'; count: number; cards: Card[]; column: 'applied' }
  | { kind: 'review'; level: Level; count: number; cards: Card[]; column: string }
  | { kind: 'post'; stage: Stage; count: number; cards: Card[]; column: string }

/** The steps that wait for a role on this board, in the order in which they are taken. Steps with nothing are left out. */
export function dueFor(role: string, board: Board): Due[] {
  const column = (state: string) => board.columns.find((each) => each.state === state)
  const cards = (state: string, wanted: (card: Card) => boolean) => (column(state)?.cards ?? []).filter(wanted)
  const all: Due[] = []
  const review = (level: Level, state: string, wanted: (card: Card) => boolean) => {
    const found = cards(state, wanted)
    all.push({ kind: 'review', level, column: state, cards: found, count: found.length })
  }
  const post = (stage: Stage, state: string, wanted: (card: Card) => boolean) => {
    const found = cards(state, wanted)
    if (board.rules?.notice_roles[stage] === role) {
      all.push({ kind: 'post', stage, column: state, cards: found, count: found.length })
    }
  }
  if (role === 'village_committee') {
    all.push({
      kind: 'meet',
      column: 'applied',
      cards: cards('applied', () => true),
      count: column('applied')?.count ?? 0,
    })
    review('village', 'appraised', (card) => !card.village_reviewed)
  }
  post('first_notice', 'appraised', (card) => card.village_reviewed)
  if (role === 'township_officer') review('township', 'township_review', (card) => !card.township_reviewed)
  post('second_notice', 'township_review', (card) => card.township_reviewed)
  if (role === 'county_officer') review('county', 'county_review', () => true)
  if (role === 'village_committee' || role === 'township_officer') {
    all.push({ kind: 'open', column: null, cards: [], count: board.waiting })
  }
  return all.filter((due) => due.count > 0)
}

/** Names a step for keys of the URL and of words. */
export function dueKey(due: Due): string {
  if (due.kind === 'review') return `review_${due.level}`
  return due.kind === 'post' ? due.stage : due.kind
}
