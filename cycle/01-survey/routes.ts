import { room } from '#door/room.ts'
import { openRosaRoutes } from './receive/openrosa.ts'
import { deviceRoutes } from './devices/routes.ts'
import { fileRoutes } from './files/routes.ts'
import { formRoutes } from './forms/routes.ts'
import { importRoutes } from './imports/routes.ts'
import { mappingRoutes } from './imports/routes-mappings.ts'
import { quarantineRoutes } from './quarantine/routes.ts'
import { registerRoutes } from './registers/routes.ts'
import { submissionRoutes } from './submissions/routes.ts'

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
