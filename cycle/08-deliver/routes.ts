import { room } from '#door/room.ts'

export const deliverRoutes = room()
