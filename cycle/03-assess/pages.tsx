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
    component: lazy(() => import('./pages/rulebook/rules.tsx')),
    label: 'assess:rules.title',
    open: true,
  },
  {
    step: '03-assess',
    icon: 'clock',
    path: '/rules/versions',
    component: lazy(() => import('./pages/workbench/history.tsx')),
    label: 'assess:bench.history',
    open: true,
  },
  {
    step: '03-assess',
    icon: 'list',
    path: '/rules/drafts',
    component: lazy(() => import('./pages/workbench/drafts.tsx')),
    label: 'assess:bench.title',
    action: 'rules.draft',
  },
  {
    step: '03-assess',
    path: '/rules/drafts/$draft_id',
    component: lazy(() => import('./pages/workbench/draft.tsx')),
    label: 'assess:bench.title',
    action: 'rules.draft',
  },
  {
    ...room,
    path: '/what-if',
    component: lazy(() => import('./pages/what-if/what-if.tsx')),
    label: 'assess:whatif.title',
    icon: 'list',
    action: 'assess.what_if',
  },
]
