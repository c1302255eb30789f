import { lazy } from 'react'
import type { RoomRoute } from '#web/client.ts'

const room = { step: '01-survey', icon: 'survey' } as const

export const routes: RoomRoute[] = [
  {
    ...room,
    path: '/survey/submissions',
    component: lazy(() => import('./pages/submissions.tsx')),
    label: 'survey:submissions.title',
    action: 'survey.read',
  },
  {
    ...room,
    path: '/survey/submissions/$instance_id',
    component: lazy(() => import('./pages/submission.tsx')),
    label: 'survey:submission.title',
    action: 'survey.read',
  },
  {
    ...room,
    path: '/survey/quarantine',
    component: lazy(() => import('./pages/quarantine.tsx')),
    label: 'survey:quarantine.title',
    action: 'survey.resolve',
  },
  {
    ...room,
    path: '/survey/imports',
    component: lazy(() => import('./pages/imports.tsx')),
    label: 'survey:imports.title',
    action: 'survey.import',
  },
  {
    ...room,
    path: '/survey/forms',
    component: lazy(() => import('./pages/forms.tsx')),
    label: 'survey:forms.title',
    action: 'survey.form',
  },
]
