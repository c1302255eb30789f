import { room } from '#door/room.ts'
import { openRosaRoutes } from './openrosa.ts'
import { deviceRoutes } from './routes-devices.ts'
import { formRoutes } from './routes-forms.ts'
import { submissionRoutes } from './routes-submissions.ts'

export const surveyRoutes = room()
  .route('/', openRosaRoutes)
  .route('/', submissionRoutes)
  .route('/', formRoutes)
  .route('/', deviceRoutes)
