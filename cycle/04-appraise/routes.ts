import { room } from '#door/room.ts'

export const appraiseRoutes = room()
