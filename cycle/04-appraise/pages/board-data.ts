// The board as the screens of this room read it, and what is due next for a role. Pure but for the one query.
import { useQuery } from '@tanstack/react-query'
import { api, call, type Answer } from '#web/client.ts'
import { due_steps, type DueStep } from '../appraise.ts'

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

/** What is due: opening cases, or a step that cases wait for. */
export type Due = { step: DueStep | 'open'; count: number; column: string | null }

const columns: Record<DueStep, string> = {
  meet: 'applied',
  review_village: 'appraised',
  first_notice: 'appraised',
  review_township: 'township_review',
  second_notice: 'township_review',
  review_county: 'county_review',
}

/** Which role takes a step; notices are hung by whom the pack says. */
const takers: Partial<Record<DueStep | 'open', readonly string[]>> = {
  meet: ['village_committee'],
  review_village: ['village_committee'],
  review_township: ['township_officer'],
  review_county: ['county_officer'],
  open: ['village_committee', 'township_officer'],
}

/** The steps that wait for a role on this board, in the order in which they are taken. Steps with nothing are left out. */
export function dueFor(role: string, board: Board): Due[] {
  const mine = (step: DueStep) =>
    step === 'first_notice' || step === 'second_notice'
      ? board.rules?.notice_roles[step] === role
      : takers[step]?.includes(role)
  const steps: Due[] = due_steps
    .filter((step) => mine(step))
    .map((step) => ({ step, count: board.due[step] ?? 0, column: columns[step] }))
  if (takers.open?.includes(role)) steps.push({ step: 'open', count: board.waiting, column: null })
  return steps.filter((due) => due.count > 0)
}

const loadDue = (area_code: string, step: DueStep) =>
  call(api.api.appraise.due.$get({ query: { area_code, step, limit: '500' } }))

/** The cases that wait for a step, the most urgent first: at most 500, and how many there are in all. */
export function useDue(area_code: string, step: DueStep) {
  return useQuery({
    queryKey: ['appraise', 'due', area_code, step],
    queryFn: () => loadDue(area_code, step),
    enabled: area_code !== '',
    staleTime: 60_000,
  })
}

/** What counts as decided of a case while it is held back. */
export const subjectOf = (step: string, card: { household_id: string }) => `appraise:${step}:${card.household_id}`
