import { room } from '#door/room.ts'
import { openRosaRoutes } from './openrosa.ts'
import { deviceRoutes } from './routes-devices.ts'
import { fileRoutes } from './routes-files.ts'
import { formRoutes } from './routes-forms.ts'
import { importRoutes } from './routes-imports.ts'
import { mappingRoutes } from './routes-mappings.ts'
import { quarantineRoutes } from './routes-quarantine.ts'
import { registerRoutes } from './routes-registers.ts'
import { submissionRoutes } from './routes-submissions.ts'

export const surveyRoutes = room()
  .route('/', openRosaRoutes)
  .route('/', submissionRoutes)
  .route('/', quarantineRoutes)
  .route('/', registerRoutes)
  .route('/', importRoutes)
  .route('/', mappingRoutes)
  .route('/', formRoutes)
  .route('/', fileRoutes)
  .route('/', deviceRoutes)
