import { room } from '#door/room.ts'

export const assessRoutes = room()
