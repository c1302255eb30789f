import { room } from '#door/room.ts'

export const accountRoutes = room()
