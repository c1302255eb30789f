import { room } from '#door/room.ts'

export const evaluateRoutes = room()
