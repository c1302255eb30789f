import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

export const routes: RoomRoute[] = [
  {
    step: '06-diagnose',
    icon: 'diagnose',
    action: 'diagnose.read',
    path: '/causes',
    component: lazy(() => import('./pages/causes.tsx')),
    label: 'diagnose:causes.title',
  },
]
