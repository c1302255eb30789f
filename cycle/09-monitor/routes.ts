import { room } from '#door/room.ts'

export const monitorRoutes = room()
