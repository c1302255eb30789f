import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '04-appraise', icon: 'appraise', action: 'appraise.read' } as const

export const routes: RoomRoute[] = [
  { ...room, path: '/appraise', component: lazy(() => import('./pages/board.tsx')), label: 'appraise:board.title' },
  {
    ...room,
    path: '/appraise/review',
    component: lazy(() => import('./pages/review.tsx')),
    label: 'appraise:review.title',
  },
  {
    ...room,
    path: '/appraise/notices',
    component: lazy(() => import('./pages/notices.tsx')),
    label: 'appraise:notices.title',
  },
  {
    ...room,
    path: '/appraise/notices/$notice_id',
    component: lazy(() => import('./pages/notice.tsx')),
    label: 'appraise:notices.title',
  },
]
