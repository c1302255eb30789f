import { room } from '#door/room.ts'

export const registerRoutes = room()
