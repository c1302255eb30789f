import { room } from '#door/room.ts'

export const diagnoseRoutes = room()
