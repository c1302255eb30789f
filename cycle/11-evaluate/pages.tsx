import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '11-evaluate', icon: 'evaluate', action: 'evaluate.read' } as const

export const routes: RoomRoute[] = [
  { ...room, path: '/evaluations', component: lazy(() => import('./pages/list.tsx')), label: 'evaluate:list.title' },
  {
    ...room,
    path: '/evaluations/$evaluation_id',
    component: lazy(() => import('./pages/evaluation.tsx')),
    label: 'evaluate:one.title',
  },
  {
    ...room,
    path: '/evaluations/$evaluation_id/visits',
    component: lazy(() => import('./pages/visits.tsx')),
    label: 'evaluate:visits.title',
  },
]
