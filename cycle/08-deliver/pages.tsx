import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '08-deliver', icon: 'deliver' } as const

export const routes: RoomRoute[] = [
  {
    ...room,
    path: '/deliveries',
    component: lazy(() => import('./pages/summary.tsx')),
    label: 'deliver:summary.title',
    action: 'deliver.read',
  },
  {
    ...room,
    path: '/deliveries/list',
    component: lazy(() => import('./pages/list.tsx')),
    label: 'deliver:list.title',
    action: 'deliver.read',
  },
  {
    ...room,
    path: '/deliveries/enter',
    component: lazy(() => import('./pages/enter.tsx')),
    label: 'deliver:enter.title',
    action: 'deliver.record',
  },
]
