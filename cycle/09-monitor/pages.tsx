import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '09-monitor', icon: 'monitor' } as const

export const routes: RoomRoute[] = [
  {
    ...room,
    path: '/alerts',
    component: lazy(() => import('./pages/queue.tsx')),
    label: 'monitor:queue.title',
    action: 'monitor.read',
  },
  {
    ...room,
    path: '/alerts/list',
    component: lazy(() => import('./pages/list.tsx')),
    label: 'monitor:list.title',
    action: 'monitor.read',
  },
  {
    ...room,
    path: '/alerts/changes',
    component: lazy(() => import('./pages/changes.tsx')),
    label: 'monitor:changes.title',
    action: 'monitor.confirm',
  },
  {
    ...room,
    path: '/alerts/tell',
    component: lazy(() => import('./pages/tell.tsx')),
    label: 'monitor:tell.title',
    action: 'monitor.record',
  },
]
