import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '12-see', icon: 'see', action: 'see.read' } as const

export const routes: RoomRoute[] = [
  {
    ...room,
    path: '/see',
    component: lazy(() => import('./pages/overview.tsx')),
    label: 'see:overview.menu',
    home: true,
  },
  { ...room, path: '/areas/$area_code', component: lazy(() => import('./pages/area.tsx')), label: 'see:overview.menu' },
  {
    ...room,
    path: '/households',
    component: lazy(() => import('./pages/households.tsx')),
    label: 'see:households.title',
    action: 'see.household',
    search: true,
  },
  {
    ...room,
    path: '/households/$household_id',
    component: lazy(() => import('./pages/file/file.tsx')),
    label: 'see:file.title',
    action: 'see.household',
  },
  {
    ...room,
    path: '/households/$household_id/handbook',
    component: lazy(() => import('./pages/handbook.tsx')),
    label: 'see:handbook.title',
    action: 'see.household',
  },
  {
    ...room,
    path: '/audit',
    component: lazy(() => import('./pages/audit.tsx')),
    label: 'see:audit.title',
    action: 'audit.read',
  },
]
