import { room } from '#door/room.ts'

export const packRoutes = room()
