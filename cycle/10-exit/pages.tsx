import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '10-exit', icon: 'exit', action: 'exit.read' } as const

export const routes: RoomRoute[] = [
  { ...room, path: '/exits', component: lazy(() => import('./pages/board.tsx')), label: 'exit:board.title' },
  {
    ...room,
    path: '/exits/candidates',
    component: lazy(() => import('./pages/candidates.tsx')),
    label: 'exit:candidates.title',
  },
  { ...room, path: '/exits/areas', component: lazy(() => import('./pages/areas.tsx')), label: 'exit:areas.title' },
  {
    ...room,
    path: '/exits/$household_id',
    component: lazy(() => import('./pages/case.tsx')),
    label: 'exit:case.title',
  },
]
