import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '07-prescribe', icon: 'prescribe', action: 'prescribe.read' } as const

export const routes: RoomRoute[] = [
  { ...room, path: '/plans', component: lazy(() => import('./pages/plans.tsx')), label: 'prescribe:plans.title' },
  {
    ...room,
    path: '/plans/$household_id',
    component: lazy(() => import('./pages/plan.tsx')),
    label: 'prescribe:plan.title',
  },
  {
    ...room,
    path: '/plans/budgets',
    component: lazy(() => import('./pages/budgets.tsx')),
    label: 'prescribe:budgets.title',
  },
]
