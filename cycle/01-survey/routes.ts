import { room } from '#door/room.ts'
import { submissionRoutes } from './routes-submissions.ts'

export const surveyRoutes = room().route('/', submissionRoutes)
