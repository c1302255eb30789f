import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '02-match', icon: 'match' } as const

export const routes: RoomRoute[] = [
  {
    ...room,
    path: '/match/reviews',
    component: lazy(() => import('./pages/reviews.tsx')),
    label: 'match:review.title',
    action: 'match.review',
  },
  {
    ...room,
    path: '/match/decided',
    component: lazy(() => import('./pages/decided.tsx')),
    label: 'match:decided.title',
    action: 'match.read',
  },
  {
    ...room,
    path: '/match',
    component: lazy(() => import('./pages/summary.tsx')),
    label: 'match:summary.title',
    action: 'match.read',
  },
  {
    ...room,
    path: '/match/thresholds',
    component: lazy(() => import('./pages/thresholds.tsx')),
    label: 'match:thresholds.title',
    action: 'match.read',
  },
  {
    ...room,
    path: '/match/households/$household_id',
    component: lazy(() => import('./pages/household.tsx')),
    label: 'match:household.title',
    action: 'match.read',
  },
]
