import { room } from '#door/room.ts'

export const matchRoutes = room()
