import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

export const routes: RoomRoute[] = [
  {
    path: '/register',
    component: lazy(() => import('./pages/list.tsx')),
    step: '05-register',
    label: 'register:list.title',
    icon: 'register',
    action: 'register.read',
  },
]
