import { room } from '#door/room.ts'

export const surveyRoutes = room()
