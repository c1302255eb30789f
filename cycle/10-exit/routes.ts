import { room } from '#door/room.ts'

export const exitRoutes = room()
