import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '03-assess', icon: 'assess', action: 'assess.read' } as const

export const routes: RoomRoute[] = [
  { ...room, path: '/assess', component: lazy(() => import('./pages/summary.tsx')), label: 'assess:summary.title' },
  {
    ...room,
    path: '/assess/verify',
    component: lazy(() => import('./pages/verify.tsx')),
    label: 'assess:verify.title',
    action: 'assess.verify',
  },
  {
    ...room,
    path: '/assess/follow-ups',
    component: lazy(() => import('./pages/follow-ups.tsx')),
    label: 'assess:followups.title',
  },
  {
    step: '03-assess',
    icon: 'list',
    path: '/rules',
    component: lazy(() => import('./pages/rules.tsx')),
    label: 'assess:rules.title',
    open: true,
  },
]
